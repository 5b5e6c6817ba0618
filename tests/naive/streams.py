#!/usr/bin/env python3
"""streams.py - random policies and streams for the differential test.

    streams.py [--keys OLD|ALL] [--follow] [--only KEY,...] SEED N DIR

Writes DIR/0001/policy (KEY=VALUE lines) and DIR/0001/stream, and so on.
--keys OLD leaves out what the design added last.  --only draws no other
optional keys than these; a metric key is named without its NAME, as step.
--follow lets COUNT mostly follow naive.py's decisions, one or more ticks late.
"""
import argparse
import os
import random
import sys
from datetime import datetime, timedelta, timezone

sys.dont_write_bytecode = True
import naive  # noqa: E402

NEW = {'fallback_name', 'range', 'sustain', 'multiple', 'panic', 'forget',
       'schedule', 'idle_count', 'step_exact', 'wide_tolerance', 'by_name',
       'units'}
NAMES = ['cpu', 'queue', 'rps', 'memory', 'lag_ms', 'a.b']
APPS = ['web', 'api:v1', 'db-1']


class Draw:
    def __init__(self, seed, old, only):
        self.random = random.Random(seed)
        self.old = old
        self.only = only

    def wants(self, key, chance):
        """Whether this optional key is drawn."""
        hit = self.random.random() < chance
        if self.old and key in NEW:
            return False
        if self.only is not None:
            return key in self.only and self.random.random() < 0.9
        return hit

    def duration(self, *choices):
        return self.random.choice(
            choices or ('1', '15s', '16s', '30s', '45s', '1m', '90s', '120',
                        '2m', '5m', '15500ms'))


# ---------------------------------------------------------------- policies

def draw_target(draw, kind, name):
    pick = draw.random.choice
    if kind == 'target':
        if name in ('cpu', 'memory'):
            choices = ['0.8', '0.5', '0.75', '1', '0.333', '0.07']
            return pick(choices + ([] if draw.old else ['50', '80', '2']))
        return pick(['0.8', '10', '100', '0.001', '3'])
    if kind == 'total':
        return pick(['10', '1', '100', '0.5', '7', '33.3'])
    return pick(['10', '1', '0.8', '200', '3'])


def draw_steps(draw):
    """Steps with a band in between, each bound once."""
    def action(sign):
        if draw.wants('step_exact', 0.2):
            return '=%d' % draw.random.choice([0, 1, 5, 40])
        return sign + draw.random.choice(['1', '2', '3', '10', '10%', '50%',
                                          '100%', '3%'])

    pick = draw.random.choice
    up = draw.random.sample(['0.8', '0.9', '0.95', '2', '10'],
                            draw.random.randint(0, 3))
    down = draw.random.sample(['0.1', '0.3', '0.5'], draw.random.randint(0, 3))
    if not up and not down:
        up = ['0.9']
    words = ['%s%s:%s' % (pick(['>', '>=']), bound, action('+'))
             for bound in up]
    words += ['%s%s:%s' % (pick(['<', '<=']), bound, action('-'))
              for bound in down]
    draw.random.shuffle(words)
    return ' '.join(words)


def draw_limits(draw):
    if draw.random.random() < 0.2:
        return 'none'
    words = []
    for _ in range(draw.random.choice([1, 1, 2, 2, 3])):
        number = draw.random.choice(['1', '2', '4', '10', '10%', '50%',
                                     '100%', '33%', '7%'])
        words.append(number + '/' + draw.duration())
    return ' '.join(sorted(set(words)))


def draw_mode(draw):
    return draw.random.choice(['', ':static', ':current', ':higher', ':lower'])


def draw_metrics(draw, policy):
    """Adds one to three metrics and returns {NAME: (KIND, V)}."""
    metrics = {}
    if draw.random.random() < 0.1:
        return {'cpu': ('target', '0.80')}
    number = draw.random.choice([1, 1, 1, 2, 2, 3])
    for name in draw.random.sample(NAMES, number):
        kind = draw.random.choice(['target', 'target', 'total', 'value'])
        if draw.wants('step', 0.15):
            kind = 'step'
            policy.append(('step.' + name, draw_steps(draw)))
            metrics[name] = (kind, '0.6')
            continue
        value = draw_target(draw, kind, name)
        metrics[name] = (kind, value)
        policy.append((kind + '.' + name, value))
    return metrics


def draw_metric_keys(draw, policy, metrics):
    pick = draw.random.choice
    for name, (kind, value) in metrics.items():
        target = float(value)
        if kind == 'target' and draw.wants('missing', 0.2):
            factor = pick([0.5, 1, 1.25, 3])
            policy.append(('missing.' + name, '%g' % (target * factor)))
        if kind == 'target' and draw.wants('saturation', 0.15):
            factor = pick([1.05, 1.2, 2])
            policy.append(('saturation.' + name, '%g' % (target * factor)))
        if draw.wants('range', 0.15):
            policy.append(('range.' + name, '%g..%g' % (
                target * pick([0, 0.1, 0.5]), target * pick([1.5, 3, 10]))))
        if draw.wants('sustain', 0.2):
            among = pick([2, 3, 5, 32])
            policy.append(('sustain.' + name, '%d/%d' % (
                draw.random.randint(1, min(among, 4)), among)))
        if draw.wants('fallback_name', 0.15):
            policy.append(('fallback.' + name, '%s:%d%s' % (
                pick(['15s', '30s', '45s', '2m']), pick([1, 3, 8, 40]),
                draw_mode(draw))))


def draw_idle(draw, policy, metrics, low):
    if not draw.wants('idle', 0.2):
        return
    policy.append(('idle', draw.duration('15s', '30s', '1m', '2m')))
    policy.append(('zero', 'ok'))
    chosen = draw.random.sample(sorted(metrics),
                                draw.random.randint(1, len(metrics)))
    for name in chosen:
        number = draw.random.choice([0, 0, 0.1, 0.5, 1])
        policy.append(('activation.' + name,
                       '%g' % (number * float(metrics[name][1]))))
    if low > 1 and draw.wants('idle_count', 0.5):
        policy.append(('idle_count', str(draw.random.randint(0, low - 1))))


def draw_schedule(draw, policy, low, high, multiple):
    def count():
        return draw.random.randint(-(-low // multiple), high // multiple
                                   ) * multiple

    for _ in range(draw.random.randint(1, 3)):
        start = draw.random.randint(0, 47)
        end = (start + draw.random.randint(1, 40)) % 48
        words = ['%02d:%02d-%02d:%02d' % (start // 2, start % 2 * 30,
                                          end // 2, end % 2 * 30)]
        if draw.random.random() < 0.2:
            words = []
        if draw.random.random() < 0.4:
            words.append(draw.random.choice(['Mon-Fri', 'Sat,Sun', 'Fri-Mon',
                                             'Mon', 'Tue,Thu-Fri']))
        if draw.random.random() < 0.2:
            words.append(draw.random.choice(['2026-11-23..2026-11-25',
                                             '2026-11-24']))
        if draw.random.random() < 0.5:
            words.append(draw.random.choice(['Europe/Berlin', 'UTC',
                                             'America/New_York',
                                             'Pacific/Auckland']))
        first, second = sorted([count(), count()])
        words.append(draw.random.choice([
            'min=%d' % first, 'max=%d' % second, 'pin=%d' % second,
            'pause', 'min=%d max=%d' % (first, second)]))
        policy.append(('schedule', ' '.join(words)))


def draw_policy(draw):
    """Returns the list of (KEY, VALUE) and {NAME: (KIND, V)}."""
    pick = draw.random.choice
    policy = []
    metrics = draw_metrics(draw, policy)
    draw_metric_keys(draw, policy, metrics)
    low, high, multiple = 1, 100, 1
    idle = False
    if draw.wants('min', 0.4):
        low = pick([0, 0, 2, 3, 5])
    before = len(policy)
    draw_idle(draw, policy, metrics, low)
    idle = len(policy) > before
    if idle and draw.old:
        low = 0
    if low != 1 or draw.random.random() < 0.1:
        policy.append(('min', str(low)))
    if draw.wants('max', 0.4):
        high = pick([8, 10, 20, 30, 1000])
        policy.append(('max', str(high)))
    if draw.wants('multiple', 0.2):
        multiple = pick([2, 3, 4])
        policy.append(('multiple', str(multiple)))
    if not idle and draw.wants('zero', 0.3):
        policy.append(('zero', pick(['ok', 'hold', 'ok'])))
    if draw.wants('tolerance', 0.3):
        key = pick(['tolerance', 'tolerance_up', 'tolerance_down'])
        wide = ['2', '1'] if draw.wants('wide_tolerance', 0.3) else []
        policy.append((key, pick(wide or ['0', '0.05', '0.2', '0.5'])))
    for key in ('up_window', 'down_window'):
        if draw.wants('window', 0.5):
            policy.append((key, draw.duration('0', '0', '15s', '30s', '31s',
                                              '1m', '2m', '10m')))
    for key in ('up_policy', 'down_policy'):
        if draw.wants('policy', 0.4):
            policy.append((key, draw_limits(draw)))
    for key in ('up_select', 'down_select'):
        if draw.wants('select', 0.2):
            policy.append((key, pick(['max', 'min', 'min', 'off'])))
    for key in ('up_cooldown', 'down_cooldown'):
        if draw.wants('cooldown', 0.2):
            policy.append((key, draw.duration()))
    average = False
    if draw.wants('average', 0.25):
        average = True
        policy.append(('average', pick(['30s', '31s', '1m', '2m'])))
    if draw.wants('panic', 0.15):
        if not average:
            policy.append(('average', pick(['1m', '2m'])))
        policy.append(('panic', pick(['6s', '15s', '20s']) + ':'
                       + pick(['120%', '150%', '200%'])))
    if draw.wants('startup', 0.2):
        policy.append(('startup', draw.duration('15s', '30s', '45s', '2m')))
    if draw.wants('fallback', 0.25):
        policy.append(('fallback', '%d:%d%s' % (
            pick([1, 2, 3]), pick([low, 3, 8, high, 40]), draw_mode(draw))))
    if draw.wants('max_gap', 0.2):
        policy.append(('max_gap', draw.duration('1m', '2m', '20m')))
    if draw.wants('forget', 0.1):
        policy.append(('forget', draw.duration('40m', '1h', '2d')))
    if draw.wants('schedule', 0.2):
        draw_schedule(draw, policy, max(low, 1), min(high, 40), multiple)
    return policy, metrics


# ---------------------------------------------------------------- streams

class StreamApp:
    def __init__(self, draw, name):
        self.name = name
        self.count = draw.random.choice([1, 2, 3, 5, 8, 10, 10, 20, 0])
        self.ordered = []       # the decisions that are still on their way
        self.need = draw.random.uniform(0.2, 2)     # the load's ratio


def draw_reading(draw, metric, app, count):
    """A metric's text, or None where it is absent."""
    kind, value = metric
    target = float(value)
    if kind == 'total':
        target *= max(count, 1)
    kinds = ['walk'] * 12 + ['edge'] * 3 + ['zero', 'small', 'big', 'absent',
                                            'odd']
    which = draw.random.choice(kinds)
    if which == 'absent':
        return None
    if which == 'odd':
        return draw.random.choice(['NaN', '-1', 'inf', '1e999', 'null', '0x1',
                                   '1,5', '0.0', '2.5e-3', '.5', '5.', '+1',
                                   '1e0', '1E+1', '00.7', '-0', '0e5'])
    if which == 'zero':
        return '0'
    if which == 'small':
        return '%g' % (target * draw.random.choice([1e-6, 1e-3, 0.01, 0.05]))
    if which == 'big':
        return '%g' % (target * draw.random.choice([3, 9.5, 20, 1e6, 1e12]))
    if which == 'edge':
        return '%.12g' % (target * draw.random.choice(
            [1, 1.1, 0.9, 1.05, 1.2, 2, 0.5, 1.5, 0.8, 0.1, 0.95, 1.25]))
    return '%.*g' % (draw.random.choice([2, 3, 6]),
                     target * max(0.001, app.need
                                  * draw.random.uniform(0.8, 1.2)))


def draw_silent(draw, metrics, count):
    """ready=, unready= and missing=, or the same for one metric."""
    words = []
    suffixes = ['']
    if draw.wants('by_name', 0.3):
        suffixes.append('.' + draw.random.choice(sorted(metrics)))
    for suffix in suffixes:
        unready = draw.random.randint(0, max(count // 2, 1))
        missing = draw.random.randint(0, max(count // 3, 1))
        unready = min(unready, count)
        missing = min(missing, count - unready)
        ready = count - unready - missing
        which = draw.random.randint(0, 4)
        if which in (0, 1):
            words.append('unready%s=%d' % (suffix, unready))
        if which in (0, 2):
            words.append('missing%s=%d' % (suffix, missing))
        if which in (0, 3):
            words.append('ready%s=%d' % (suffix, ready))
        if which == 4:
            words.append('ready%s=%s' % (suffix, draw.random.choice(
                [count, count, count + 3, 'x', '-1', '2.0', '07'])))
        if draw.random.random() < 0.05:
            words.append('unready%s=%d' % (suffix, count + 2))
    return words


def draw_count(draw, app, follow):
    chance = draw.random.random()
    if app.count == 0 and chance < 0.15:
        app.count = draw.random.randint(1, 12)
    if app.ordered and follow and chance < 0.8:
        if len(app.ordered) > draw.random.choice([0, 0, 0, 1]):
            app.count = app.ordered[-1]
            app.ordered = []
    elif chance < 0.1:
        app.count = draw.random.choice([0, 1, 2, 5, 10, 12, 30, 50, 150])
    elif chance < (0.3 if not follow else 0.15):
        app.count = max(0, app.count + draw.random.randint(-4, 4))
    return app.count


def draw_line(draw, app, moment, metrics, follow, fraction):
    text = moment.strftime('%Y-%m-%dT%H:%M:%S')
    if fraction:
        text += '.%03d' % (moment.microsecond // 1000)
    words = [text + 'Z', app.name]
    if draw.random.random() < 0.06:
        words.append('-')
        words.append('err=' + draw.random.choice(['timeout', 'refused']))
        return ' '.join(words)
    count = draw_count(draw, app, follow)
    words.append(str(count))
    app.need = min(max(app.need * draw.random.uniform(0.7, 1.4), 0.01), 5)
    if draw.random.random() < 0.1:
        app.need = draw.random.uniform(0, 3)
    for name, metric in metrics.items():
        reading = draw_reading(draw, metric, app, count)
        if reading is not None:
            words.append('%s=%s' % (name, reading))
    if draw.wants('silent', 0.15):
        words += draw_silent(draw, metrics, count)
    if draw.wants('bounds', 0.08):
        low = draw.random.randint(0, 12)
        words.append('min=%d' % low)
        if draw.random.random() < 0.3:
            words.append('max=%d' % draw.random.randint(max(low - 2, 0), 30))
    elif draw.wants('bounds', 0.04):
        words.append('max=%d' % draw.random.randint(1, 20))
    if not draw.old and draw.random.random() < 0.02:
        words.append('err.prom=timeout')
    if draw.random.random() < 0.05:
        words.append('other=7')
    return ' '.join(words)


def draw_step(draw, moment):
    """The time of the next tick."""
    chance = draw.random.random()
    if chance < 0.80:
        return moment + timedelta(seconds=15)
    if chance < 0.88:
        return moment + timedelta(seconds=draw.random.randint(1, 90))
    if chance < 0.90:
        return moment - timedelta(seconds=draw.random.choice([0, 15, 40]))
    if chance < 0.92:
        return moment
    if chance < 0.95:
        return moment + timedelta(minutes=draw.random.choice([2, 5, 9, 10]))
    if chance < 0.97:
        return moment + timedelta(minutes=draw.random.choice([11, 25, 60]))
    if chance < 0.975 and not draw.old:
        return moment + timedelta(days=draw.random.choice([1, 2, 400]))
    if chance < 0.98:
        return moment + timedelta(milliseconds=draw.random.randint(1, 20000))
    return moment + timedelta(seconds=30)


def draw_stream(draw, policy, metrics, follow):
    apps = [StreamApp(draw, name)
            for name in APPS[:draw.random.choice([1, 1, 1, 2, 3])]]
    decider = naive.Decider(naive.Policy(policy)) if follow else None
    moment = datetime(2026, 11, draw.random.randint(20, 27),
                      draw.random.randint(0, 23), 30, 0, tzinfo=timezone.utc)
    lines = []
    fraction = draw.random.random() < 0.2
    wanted = draw.random.randint(30, 120)
    tick = moment
    while len(lines) < wanted:
        for app in apps:
            if len(apps) > 1 and draw.random.random() < 0.1:
                continue
            line = draw_line(draw, app, tick, metrics, follow,
                             fraction or tick.microsecond)
            lines.append(line)
            decision = decider.take(line + '\n') if decider else None
            if decision and decision.split()[2] != '-':
                app.ordered.append(int(decision.split()[2]))
        if draw.random.random() < 0.02:
            lines.append('# a comment')
        tick = draw_step(draw, moment)
        if tick > moment:
            # A day's leap is taken back once or twice, or confirmed.
            if tick - moment < timedelta(days=1) or draw.random.random() < 0.3:
                moment = tick
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--keys', choices=['OLD', 'ALL'], default='ALL')
    parser.add_argument('--follow', action='store_true')
    parser.add_argument('--only')
    parser.add_argument('seed', type=int)
    parser.add_argument('number', type=int)
    parser.add_argument('directory')
    options = parser.parse_args()
    only = None if options.only is None else set(options.only.split(','))
    for number in range(1, options.number + 1):
        draw = Draw('%d/%d' % (options.seed, number), options.keys == 'OLD',
                    only)
        policy, metrics = draw_policy(draw)
        lines = draw_stream(draw, policy, metrics, options.follow)
        pair = os.path.join(options.directory, '%04d' % number)
        os.makedirs(pair, exist_ok=True)
        with open(os.path.join(pair, 'policy'), 'w', encoding='ascii') as out:
            out.writelines('%s=%s\n' % pair for pair in policy)
        with open(os.path.join(pair, 'stream'), 'w', encoding='ascii') as out:
            out.writelines(line + '\n' for line in lines)


if __name__ == '__main__':
    main()
