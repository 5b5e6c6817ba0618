#!/usr/bin/env python3
"""naive.py - decide as as-decide does, slowly and obviously.

    naive.py [-q] [-t TARGET] [-m MIN] [-M MAX] [-o KEY=VALUE]... <samples
    naive.py --all DIR        each DIR/*/policy and stream; writes DIR/*/naive

The comment above each rule is the sentence of the documents that the rule
implements.  D is the design, M is as-decide(1), L is as-line(5), S is
as-schedule(1).  CHOICE marks a place where the documents leave a choice;
README.md lists these places.  Each application keeps the plain list of its
samples and decisions; windows, rates and means are computed from that list at
each sample anew.
"""
import glob
import math
import os
import re
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

LARGEST = 2147483647
DAY = 86400 * 1000
MINUTE = 60 * 1000
SLACK = 1e-9


# ---------------------------------------------------------------- numbers

def parse_duration(text):
    """D: 250ms, 15s, 5m, 1h, 7d; a bare number is seconds."""
    number, unit = re.fullmatch(r'([0-9.]+)(ms|s|m|h|d|)', text).groups()
    factor = {'ms': 1, 's': 1000, '': 1000, 'm': 60000, 'h': 3600000,
              'd': DAY}[unit]
    return round(float(number) * factor)


def parse_metric(text):
    """D: A metric value must be a finite decimal number >= 0."""
    if text is None:
        return None
    if not re.fullmatch(r'([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?', text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def parse_whole(text):
    """L: COUNT = 0 | [1-9][0-9]*, at most 2147483647."""
    if text is None or not re.fullmatch(r'0|[1-9][0-9]{0,9}', text):
        return None
    return int(text) if int(text) <= LARGEST else None


def clamp_to_whole(value):
    """D: Doubles are clamped before they become integers."""
    return max(0.0, min(value, float(LARGEST)))


def ceil(value):
    """D: ceil has a slack of 1e-9 relative."""
    return min(math.ceil(clamp_to_whole(value) * (1 - SLACK)), LARGEST)


def floor(value):
    """M: ceil and floor pass over a relative error of 1e-9."""
    return min(math.floor(clamp_to_whole(value) * (1 + SLACK)), LARGEST)


# ---------------------------------------------------------------- policy

@dataclass
class Metric:
    name: str
    kind: str                   # target, total, value or step
    target: float = 0.0
    steps: list = field(default_factory=list)
    missing: float = 0.0
    saturation: float = None
    activation: float = None
    range: tuple = None         # LOW, HIGH
    sustain: tuple = (1, 1)     # N, M
    fallback: tuple = None      # DUR, COUNT, MODE


@dataclass
class Step:
    sign: str                   # > >= < <=
    bound: float
    action: str                 # + - =
    amount: int
    percent: bool


@dataclass
class Limit:
    amount: int
    percent: bool
    period: int


@dataclass
class Window:
    weekdays: set = None
    first_date: str = ''
    last_date: str = '9999-12-31'
    start: int = 0
    end: int = 24 * 60
    zone: object = timezone.utc
    min: int = None
    max: int = None
    pause: bool = False


class Policy:
    def __init__(self, settings):
        """settings: a list of (KEY, VALUE) in the order that they stand."""
        keys = {}
        schedule = []
        for key, value in settings:
            if key == 'schedule':
                schedule.append(value)
            else:
                keys['target.cpu' if key == 'target' else key] = value
        duration = {
            name: parse_duration(keys.get(name, default)) for name, default in
            [('up_window', '0s'), ('down_window', '300s'),
             ('up_cooldown', '0s'), ('down_cooldown', '0s'),
             ('average', '0s'), ('startup', '0s'), ('max_gap', '10m'),
             ('forget', '1d'), ('idle', '0s')]}
        self.window = {'up': duration['up_window'],
                       'down': duration['down_window']}
        self.cooldown = {'up': duration['up_cooldown'],
                         'down': duration['down_cooldown']}
        self.average = duration['average']
        self.startup = duration['startup']
        self.max_gap = duration['max_gap']
        self.forget = duration['forget']
        self.idle = duration['idle']
        self.min = int(keys.get('min', '1'))
        self.max = int(keys.get('max', '100'))
        self.multiple = int(keys.get('multiple', '1'))
        self.idle_count = int(keys.get('idle_count', '0'))
        both = keys.get('tolerance', '0.1')
        self.tolerance_up = float(keys.get('tolerance_up', both))
        self.tolerance_down = float(keys.get('tolerance_down', both))
        self.zero_ok = keys.get('zero', 'hold') == 'ok'
        self.limits = {
            'up': parse_limits(keys.get('up_policy', '4/15s 100%/15s')),
            'down': parse_limits(keys.get('down_policy', '50%/60s'))}
        self.select = {'up': keys.get('up_select', 'max'),
                       'down': keys.get('down_select', 'max')}
        self.fallback = parse_fallback(keys.get('fallback'))
        self.panic = parse_panic(keys.get('panic'))
        self.schedule = [parse_window(text) for text in schedule]
        self.metrics = parse_metrics(keys)
        self.forget = max(self.forget, self.memory())

    def memory(self):
        """D: forget is at least the policy's memory.

        M: the longest of all times that a rule looks back, and average,
        startup and max_gap.
        """
        spans = list(self.window.values()) + list(self.cooldown.values())
        spans += [limit.period for limits in self.limits.values()
                  for limit in limits]
        spans += [metric.fallback[0] for metric in self.metrics
                  if metric.fallback]
        spans += [self.idle, MINUTE if self.panic else 0]
        return max(spans) + self.average + self.startup + self.max_gap


def parse_metrics(keys):
    """D: target.cpu = 0.80 if no metric is named."""
    metrics = []
    for key, value in keys.items():
        kind, _, name = key.partition('.')
        if kind in ('target', 'total', 'value') and name:
            metrics.append(Metric(name, kind, target=float(value)))
        elif kind == 'step' and name:
            metrics.append(Metric(name, kind, steps=parse_steps(value)))
    if not metrics:
        metrics.append(Metric('cpu', 'target', target=0.80))
    for metric in metrics:
        add_extras(metric, keys)
    return metrics


def add_extras(metric, keys):
    def extra(kind):
        return keys.get(kind + '.' + metric.name)

    # D: missing.NAME: default the target (never below it)
    metric.missing = max(metric.target, float(extra('missing') or 0))
    if extra('saturation'):
        metric.saturation = float(extra('saturation'))
    if extra('activation'):
        metric.activation = float(extra('activation'))
    if extra('range'):
        low, high = extra('range').split('..')
        metric.range = (float(low), float(high))
    if extra('sustain'):
        needed, among = extra('sustain').split('/')
        metric.sustain = (int(needed), int(among))
    if extra('fallback'):
        time, _, rest = extra('fallback').partition(':')
        count, _, mode = rest.partition(':')
        metric.fallback = (parse_duration(time), int(count), mode or 'static')


def parse_steps(text):
    steps = []
    for word in text.split():
        sign, bound, action, amount, percent = re.fullmatch(
            r'([<>]=?)([^:]+):([-+=])([0-9]+)(%?)', word).groups()
        steps.append(Step(sign, float(bound), action, int(amount),
                          bool(percent)))
    return steps


def parse_limits(text):
    """D: rate limits, several allowed: 4/15s 100%/15s; none."""
    if text == 'none':
        return []
    limits = []
    for word in text.split():
        amount, percent, period = re.fullmatch(r'([0-9]+)(%?)/(.+)',
                                               word).groups()
        limits.append(Limit(int(amount), bool(percent),
                            parse_duration(period)))
    return limits


def parse_fallback(text):
    """D: N:COUNT[:static|current|higher|lower]."""
    if text is None:
        return None
    words = text.split(':')
    return (int(words[0]), int(words[1]),
            words[2] if len(words) > 2 else 'static')


def parse_panic(text):
    """D: DUR:PERCENT."""
    if text is None or text == 'off':
        return None
    time, _, percent = text.partition(':')
    return (parse_duration(time), float(percent.rstrip('%')) / 100)


def parse_window(text):
    """S: [WEEKDAYS] [DATES] [TIMES] [ZONE] BOUNDS, in any order."""
    window = Window()
    for word in text.split():
        times = re.fullmatch(r'(\d\d):(\d\d)-(\d\d):(\d\d)', word)
        dates = re.fullmatch(
            r'(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?', word)
        if times:
            numbers = [int(number) for number in times.groups()]
            window.start = numbers[0] * 60 + numbers[1]
            window.end = numbers[2] * 60 + numbers[3]
        elif dates:
            window.first_date = dates.group(1)
            window.last_date = dates.group(2) or dates.group(1)
        elif word.startswith('min='):
            window.min = int(word[4:])
        elif word.startswith('max='):
            window.max = int(word[4:])
        elif word.startswith('pin='):
            window.min = window.max = int(word[4:])
        elif word == 'pause':
            window.pause = True
        elif word[:3] in DAYS:
            window.weekdays = parse_weekdays(word)
        else:
            window.zone = timezone.utc if word == 'UTC' else ZoneInfo(word)
    return window


DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']


def parse_weekdays(text):
    """S: Mon-Fri, Sat,Sun or Fri-Mon."""
    days = set()
    for part in text.split(','):
        first, _, last = part.partition('-')
        day = DAYS.index(first)
        days.add(day)
        while last and DAYS[day] != last:
            day = (day + 1) % 7
            days.add(day)
    return days


# ---------------------------------------------------------------- samples

@dataclass
class Sample:
    time: int                   # milliseconds since 1970
    printed: str                # TIME as a decision prints it
    app: str
    count: int                  # None for -
    keys: dict


@dataclass
class Judgement:
    """What one metric asks for at one sample, by itself."""
    count: int = None           # None: the metric is unusable
    word: str = 'no-data'


@dataclass
class Entry:
    """One sample and all that was decided at it."""
    sample: Sample
    alone: dict = None          # NAME: Judgement before sustain and the rest
    recommendation: int = None  # what entered the windows
    silent: bool = False        # no metric recommended
    count: int = None           # the decision; None for -
    why: str = ''
    by: str = None

    @property
    def time(self):
        return self.sample.time


def parse_time(text):
    match = re.fullmatch(
        r'(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?'
        r'(?:[Zz]|([+-])(\d\d):(\d\d))', text)
    if not match:
        return None
    date, clock, fraction, sign, hours, minutes = match.groups()
    try:
        moment = datetime.strptime(date + ' ' + clock, '%Y-%m-%d %H:%M:%S')
    except ValueError:
        return None
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        moment += -offset if sign == '+' else offset
    # L: Milliseconds are printed if the input had a fraction; further
    # digits are cut off.
    milliseconds = int((fraction[1:] + '000')[:3]) if fraction else 0
    printed = moment.strftime('%Y-%m-%dT%H:%M:%S')
    if fraction:
        printed += '.%03d' % milliseconds
    seconds = int(moment.replace(tzinfo=timezone.utc).timestamp())
    return seconds * 1000 + milliseconds, printed + 'Z'


def is_comment(line):
    return (line.endswith('\n') and len(line) <= 65536 and
            line.lstrip(' \t').startswith('#'))


def parse_line(line):
    """L: A line that does not follow the grammar is skipped: None."""
    if not line.endswith('\n') or len(line) > 65536:
        return None
    line = line[:-1].removesuffix('\r')
    words = re.split('[ \t]+', line.rstrip(' \t'))
    if line.startswith('#') or len(words) < 3:
        return None
    time = parse_time(words[0])
    app = re.fullmatch(r'[A-Za-z0-9_][A-Za-z0-9._:-]{0,126}', words[1])
    count = parse_whole(words[2])
    if not time or not app or '..' in words[1]:
        return None
    if count is None and words[2] != '-':
        return None
    keys = {}
    for word in words[3:]:
        match = re.fullmatch(r'([a-z][a-z0-9_.]{0,63})=([!-~]{1,1024})', word)
        if not match or match.group(1) in keys:
            return None
        keys[match.group(1)] = match.group(2)
    # L: A line with from is a decision, and as-decide refuses it.
    if 'from' in keys:
        return None
    # CHOICE: a line with a replica count that is none is skipped.
    for key, value in keys.items():
        if key.split('.')[0] in ('ready', 'unready', 'missing', 'min', 'max'):
            if parse_whole(value) is None:
                return None
    return Sample(time[0], time[1], words[1], count, keys)


# ---------------------------------------------------------------- history

def since_first_sight(policy, entries):
    """M: At first sight, and after more than max_gap without a COUNT.

    D: after a longer silence the app is as at first sight: windows and
    averages start anew.
    """
    start = 0
    counted = None
    for index, entry in enumerate(entries):
        if entry.sample.count is None:
            continue
        if counted is not None and entry.time - counted > policy.max_gap:
            start = index
        counted = entry.time
    return entries[start:]


def within(past, duration):
    """M: An entry exactly as old as its window or period is out."""
    now = past[-1].time
    return [entry for entry in past if now - entry.time < duration]


def within_or_now(past, duration):
    """D: average: 0s is the sample itself."""
    return within(past, duration) or [past[-1]]


def counted(past):
    return [entry for entry in past if entry.sample.count is not None]


def changes(policy, past):
    """Each change of COUNT since first sight as (TIME, before, after).

    D: A change of COUNT to what was decided last counts from that decision's
    TIME; any other change from the sample that shows it.
    D: "what was decided last" is the last decision that had a count; its TIME
    is that of the latest such decision; - in between does not matter.
    """
    found = []
    before = None
    decided = None
    for entry in past:
        count = entry.sample.count
        if count is not None:
            if before is not None and count != before:
                time = entry.time
                if decided and decided.count == count:
                    time = decided.time
                found.append((time, before, count))
            before = count
        if entry is not past[-1] and entry.count is not None:
            decided = entry
    return found


def count_one_period_ago(policy, past, period):
    """M: Each rate limit starts from the COUNT of one period ago, changes by
    hand included.
    """
    count = past[-1].sample.count
    for time, before, _ in reversed(changes(policy, past)):
        if past[-1].time - time < period:
            count = before
    return count


# ---------------------------------------------------------------- readings

def reading(policy, metric, entry):
    """The metric's usable reading and None, or None and the word.

    M: A metric is unusable if it is absent, no number, of no ready replica
    [no-data] or 0 while COUNT > 0 [zero].
    D: range.NAME: a reading outside is implausible: unusable, why=range.
    """
    value = parse_metric(entry.sample.keys.get(metric.name))
    count = entry.sample.count
    if count is None or value is None:
        return None, 'no-data'
    # CHOICE: range is looked at before zero.
    if metric.range and not metric.range[0] <= value <= metric.range[1]:
        return None, 'range'
    if value == 0 and count > 0 and not policy.zero_ok:
        return None, 'zero'
    return value, None


def mean(policy, metric, past, duration):
    """M: With average, each metric becomes its mean over that time.

    CHOICE: the mean of the usable readings, each with the same weight.
    """
    entries = within_or_now(past, duration)
    values = [reading(policy, metric, entry)[0] for entry in entries]
    values = [value for value in values if value is not None]
    return sum(values) / len(values) if values else 0.0


def silent_replicas(metric, sample):
    """D: ready.NAME= unready.NAME= missing.NAME=: the same for one metric;
    the plain ones where absent.
    """
    found = {}
    for key in ('ready', 'unready', 'missing'):
        own = parse_whole(sample.keys.get(key + '.' + metric.name))
        plain = parse_whole(sample.keys.get(key))
        found[key] = own if own is not None else plain
    return found['ready'], found['unready'] or 0, found['missing'] or 0


def replicas(policy, metric, past):
    """Returns ready, unready and missing.

    L: ready: Default: COUNT less unready and missing ones.
    M: With startup, where the sample has no ready=, at most the smallest
    COUNT of that time is ready, this one included, and the rest unready.
    """
    sample = past[-1].sample
    ready, unready, missing = silent_replicas(metric, sample)
    if ready is not None:
        return ready, unready, missing
    ready = max(0, sample.count - unready - missing)
    if policy.startup:
        smallest = min(entry.sample.count for entry in
                       counted(within_or_now(past, policy.startup)))
        # CHOICE: there is a reading, so at least one replica is ready.
        started = max(smallest, 1)
        if started < ready:
            unready += ready - started
            ready = started
    return ready, unready, missing


# ---------------------------------------------------------------- a metric

def tolerated(policy, ratio):
    """D: no change while 1-down <= ratio <= 1+up (both ends inclusive)."""
    # CHOICE: with the slack of ceil, so that 0.72 / 0.8 is 0.9.
    least = (1 - policy.tolerance_down) * (1 - SLACK)
    most = (1 + policy.tolerance_up) * (1 + SLACK)
    return least <= ratio <= most


def ask_average(policy, metric, past, value):
    """M: target.NAME = V takes ratio = x / V and recommends ceil(ratio r).

    M: Going up, unready and missing ones count as idle; going down, missing
    ones use missing.NAME and unready ones are left out.  A new ratio that is
    tolerated or turns the move around means COUNT.
    """
    count = past[-1].sample.count
    ready, unready, missing = replicas(policy, metric, past)
    ratio = value / metric.target
    if missing == 0 and (unready == 0 or ratio <= 1):
        if tolerated(policy, ratio):
            return Judgement(count, 'tolerance')
        return Judgement(ceil(ratio * ready), 'target')
    if ratio == 1:
        return Judgement(count, 'tolerance')
    if ratio > 1:
        reporting = ready + unready + missing
        again = ratio * ready / reporting
    else:
        reporting = ready + missing
        again = (value * ready + metric.missing * missing) / (
            metric.target * reporting)
    if tolerated(policy, again):
        return Judgement(count, 'tolerance')
    # CHOICE: a move that turned around has the word target.
    if (ratio > 1) != (again > 1):
        return Judgement(count, 'target')
    wanted = ceil(again * reporting)
    # The HPA: a count on the other side of COUNT turns the move around, too.
    if (again > 1 and wanted < count) or (again < 1 and wanted > count):
        return Judgement(count, 'target')
    return Judgement(wanted, 'target')


def ask_total(policy, metric, past, value):
    """M: total.NAME = V takes ratio = x / (V COUNT) and recommends
    ceil(x / V).
    """
    count = past[-1].sample.count
    if count > 0 and tolerated(policy, value / (metric.target * count)):
        return Judgement(count, 'tolerance')
    return Judgement(ceil(value / metric.target), 'target')


def ask_value(policy, metric, past, value):
    """M: value.NAME = V takes ratio = x / V and recommends ceil(ratio r).

    The HPA at COUNT 0: ceil(ratio).
    """
    count = past[-1].sample.count
    ratio = value / metric.target
    if count == 0:
        return Judgement(ceil(ratio), 'target')
    if tolerated(policy, ratio):
        return Judgement(count, 'tolerance')
    # CHOICE: without ready replicas no number can be in proportion.
    ready = replicas(policy, metric, past)[0]
    if ready == 0:
        return Judgement(None, 'no-data')
    return Judgement(ceil(ratio * ready), 'target')


def beyond(step, value):
    return {'>': value > step.bound, '>=': value >= step.bound,
            '<': value < step.bound, '<=': value <= step.bound}[step.sign]


def ask_step(policy, metric, past, value):
    """M: step.NAME recommends what the step with the outermost bound that x
    is beyond makes of COUNT, at each sample anew, and COUNT within all bounds
    [tolerance].

    M: N% of COUNT is cut to whole replicas, but is one where it is less than
    one.
    """
    count = past[-1].sample.count
    above = [step for step in metric.steps
             if step.sign[0] == '>' and beyond(step, value)]
    below = [step for step in metric.steps
             if step.sign[0] == '<' and beyond(step, value)]
    if above:
        step = max(above, key=lambda step: step.bound)
    elif below:
        step = min(below, key=lambda step: step.bound)
    else:
        return Judgement(count, 'tolerance')
    amount = step.amount
    if step.percent:
        # A percentage of 0 replicas is 0, as in AWS.
        amount = max(1, floor(count * step.amount / 100)) if count else 0
    if step.action == '=':
        return Judgement(amount, 'target')
    if step.action == '+':
        return Judgement(min(count + amount, LARGEST), 'target')
    return Judgement(max(count - amount, 0), 'target')


def ask(policy, metric, past, value):
    """M: Each metric recommends."""
    return {'target': ask_average, 'total': ask_total, 'value': ask_value,
            'step': ask_step}[metric.kind](policy, metric, past, value)


def nobody_ready(policy, metric, past):
    """M: of no ready replica [no-data].

    CHOICE: steps know no ready=, so a step may leave 0, although M says "from
    0, total.NAME and value.NAME only".  ask_value() sees to value.NAME.
    """
    return metric.kind == 'target' and replicas(policy, metric, past)[0] == 0


def saturated(policy, metric, past, judgement):
    """M: A reading of saturation.NAME or more may hide a need: it recommends
    COUNT and max(2 r, r + 4) at least, and more again only once more are
    ready.

    CHOICE: the number grows only with r, so it needs no memory.
    """
    value = reading(policy, metric, past[-1])[0]
    if metric.saturation is None or value < metric.saturation:
        return judgement
    ready = replicas(policy, metric, past)[0]
    wanted = max(judgement.count, past[-1].sample.count, 2 * ready, ready + 4)
    return Judgement(min(wanted, LARGEST), 'target')


def unit_in_doubt(metric, past, judgement):
    """D: for target.cpu and target.memory: a target that is a percentage, a
    reading in (0, 1], and a recommendation below COUNT: held, why=range,
    unless range.NAME is set.  M: a target above 1 may be a percentage.
    """
    value = parse_metric(past[-1].sample.keys.get(metric.name))
    return (metric.kind == 'target' and metric.name in ('cpu', 'memory')
            and metric.range is None and metric.target > 1
            and 0 < value <= 1 and judgement.count < past[-1].sample.count)


def judge_alone(policy, metric, past):
    """One metric at one sample, before sustain, panic and fallback."""
    value, word = reading(policy, metric, past[-1])
    if value is None:
        return Judgement(None, word)
    if nobody_ready(policy, metric, past):
        return Judgement(None, 'no-data')
    value = mean(policy, metric, past, policy.average)
    judgement = ask(policy, metric, past, value)
    if judgement.count is None:
        return judgement
    judgement = saturated(policy, metric, past, judgement)
    if unit_in_doubt(metric, past, judgement):
        return Judgement(None, 'range')
    return judgement


def direction(count, wanted):
    if wanted is None or wanted == count:
        return None
    return 'up' if wanted > count else 'down'


def sustained(metric, past, judgement):
    """D: counts only when N of the last M samples ask for that direction: of
    each as judged at its own COUNT; tolerated or unusable counts for none;
    fewer than N: COUNT.  max_gap empties it.
    """
    needed, among = metric.sustain
    count = past[-1].sample.count
    asked = direction(count, judgement.count)
    if asked is None:
        return judgement
    same = [entry for entry in past[-among:]
            if direction(entry.sample.count,
                         entry.alone[metric.name].count) == asked]
    if len(same) < needed:
        return Judgement(count, 'sustain')
    return judgement


def mode_count(count, number, mode):
    """D: current = COUNT now; higher, lower = max, min with it."""
    if mode == 'current':
        return count
    if mode == 'higher':
        return max(count, number)
    if mode == 'lower':
        return min(count, number)
    return number


def metric_fallback(metric, past):
    """D: fallback.NAME: timed from the last sample where NAME was usable
    (first sight: from then); unusable of any kind counts.  Then it recommends
    as a usable metric.
    """
    if metric.fallback is None:
        return None
    duration, number, mode = metric.fallback
    usable = [entry for entry in past
              if entry.alone[metric.name].count is not None]
    since = usable[-1].time if usable else past[0].time
    if past[-1].time - since < duration:
        return None
    count = mode_count(past[-1].sample.count, number, mode)
    return Judgement(count, 'fallback')


def panic_begins(policy, past):
    """D: for target. and total.: mean over DUR / (V x ready) >= PERCENT
    begins it.
    """
    duration, percent = policy.panic
    for metric in policy.metrics:
        if metric.kind not in ('target', 'total'):
            continue
        if past[-1].alone[metric.name].count is None:
            continue
        value = mean(policy, metric, past, duration)
        if metric.kind == 'target':
            use = value / metric.target
        else:
            ready = replicas(policy, metric, past)[0]
            use = (value / (metric.target * ready) if ready
                   else math.inf if past[-1].sample.count else 0)
        if use >= percent:
            return True
    return False


def panicking(policy, past):
    """D: it lasts until average (at least 60 s) after the last such moment."""
    if policy.panic is None:
        return False
    lasting = max(policy.average, MINUTE)
    return any(past[-1].time - past[index].time < lasting
               and panic_begins(policy, past[:index + 1])
               for index in range(len(past)))


def panicked(policy, metric, past, judgement):
    """D: panic: the larger of both recommendations."""
    if metric.kind not in ('target', 'total') or not panicking(policy, past):
        return judgement
    soon = ask(policy, metric, past,
               mean(policy, metric, past, policy.panic[0]))
    if soon.count is not None and soon.count > judgement.count:
        return Judgement(soon.count, 'panic')
    return judgement


def judge(policy, metric, past):
    """What the metric recommends in the end."""
    alone = past[-1].alone[metric.name]
    if alone.count is None:
        return metric_fallback(metric, past) or alone
    return panicked(policy, metric, past, sustained(metric, past, alone))


# ---------------------------------------------------------------- bounds

def window_open(window, time):
    """S: A window is open while the zone's clocks show a time in it.

    S: 22:00-06:00 belongs to the day that it begins on.
    D: Weekdays, dates and days of the month must all hold.
    """
    moment = datetime.fromtimestamp(time // 1000, window.zone)
    minute = moment.hour * 60 + moment.minute

    def holds(day):
        return ((window.weekdays is None or day.weekday() in window.weekdays)
                and window.first_date <= day.isoformat() <= window.last_date)

    today = moment.date()
    if window.start < window.end:
        return holds(today) and window.start <= minute < window.end
    return (holds(today) and minute >= window.start
            or holds(today - timedelta(days=1)) and minute < window.end)


def window_bounds(policy, sample):
    """S: Where several windows are open the one that stands last counts: it
    sets the bounds that it names, and moves the other one along if they would
    cross.

    S: pause, which is min= and max= of the sample's COUNT.  Where COUNT is -
    it is passed over.
    """
    low = high = None
    paused = False
    for window in policy.schedule:
        if not window_open(window, sample.time):
            continue
        new_low, new_high = window.min, window.max
        if window.pause:
            if sample.count is None:
                continue
            new_low = new_high = sample.count
        paused = window.pause
        if new_low is not None:
            low = new_low
            if high is not None and high < low:
                high = low
        if new_high is not None:
            high = new_high
            if low is not None and low > high:
                low = high
    return low, high, paused


def sample_bounds(policy, sample):
    """S: If the sample has a min= or max= already, the tighter one stays."""
    low, high, paused = window_bounds(policy, sample)
    lows = [low, parse_whole(sample.keys.get('min'))]
    highs = [high, parse_whole(sample.keys.get('max'))]
    lows = [bound for bound in lows if bound is not None]
    highs = [bound for bound in highs if bound is not None]
    return max(lows, default=None), min(highs, default=None), paused


def bounds(policy, sample):
    """M: The bounds [max, min] of the policy and, if tighter, of the sample.

    D: min is rounded up, max down [to multiples].
    M: Until [idle] 1 is the least.
    """
    low = next_multiple(policy, policy.min)
    high = policy.max // policy.multiple * policy.multiple
    sample_low, sample_high, paused = sample_bounds(policy, sample)
    if paused and policy.idle:
        low = policy.idle_count     # CHOICE: pause stays below min, too.
    least, most = low, high
    if sample_low is not None:
        low = min(max(sample_low, least), most)
    if sample_high is not None:
        high = min(max(sample_high, least), most)
    # CHOICE: where both bounds cross, max counts.
    low = min(low, high)
    if policy.idle and sample.count is not None and not paused:
        low = max(low, min(1, high))
    rounded_low = next_multiple(policy, low)
    rounded_high = high // policy.multiple * policy.multiple
    # CHOICE: bounds without a multiple between them stay as they are.
    if rounded_low <= rounded_high:
        return rounded_low, rounded_high
    return low, high


def next_multiple(policy, count):
    return -(-count // policy.multiple) * policy.multiple


# ---------------------------------------------------------------- the steps

def stabilize(policy, past, wanted):
    """M: Stabilization moves COUNT into the range from the smallest
    recommendation of up_window to the largest of down_window.

    M: At first sight the windows hold one recommendation, COUNT itself.
    """
    def recommendations(duration):
        values = [wanted]
        entries = within(past, duration)
        first = counted(past)[0]
        if first in entries:
            values.append(first.sample.count)
        for entry in entries:
            if entry.recommendation is not None:
                values.append(entry.recommendation)
        return values

    least = min(recommendations(policy.window['up']))
    most = max(recommendations(policy.window['down']))
    return min(max(past[-1].sample.count, least), most)


def cooling(policy, past, way):
    """D: no change in that direction for N seconds after the last change."""
    found = changes(policy, past)
    return bool(found) and (
        past[-1].time - found[-1][0] < policy.cooldown[way])


def limit_up(policy, past, limit):
    """The HPA: the count of one period ago and N more, or N%, rounded up.

    D: one step of N [multiple] is always within a rate.
    """
    start = count_one_period_ago(policy, past, limit.period)
    if limit.percent:
        # At 0 a percentage lets one start.
        most = ceil(start * (1 + limit.amount / 100)) if start > 0 else 1
    else:
        most = start + limit.amount
    if policy.multiple > 1:
        most = max(most, start + policy.multiple)
    return most


def limit_down(policy, past, limit):
    """The HPA: the count of one period ago and N less, or N%, cut."""
    start = count_one_period_ago(policy, past, limit.period)
    if limit.percent:
        least = floor(start * (1 - limit.amount / 100))
    else:
        least = start - limit.amount
    if policy.multiple > 1:
        least = min(least, start - policy.multiple)
    return max(0, least)


def rate(policy, past, way, wanted):
    """M: up_select and down_select choose among several: the largest change,
    smallest, none.
    """
    count = past[-1].sample.count
    if policy.select[way] == 'off':
        return count
    if not policy.limits[way]:
        return wanted
    if way == 'up':
        limits = [limit_up(policy, past, limit)
                  for limit in policy.limits[way]]
        chosen = max(limits) if policy.select[way] == 'max' else min(limits)
        return min(wanted, max(chosen, count))
    limits = [limit_down(policy, past, limit) for limit in policy.limits[way]]
    chosen = min(limits) if policy.select[way] == 'max' else max(limits)
    return max(wanted, min(chosen, count))


def round_to_multiple(policy, count, wanted):
    """D: multiple: after rates, up to the next multiple.  Nothing moves while
    nothing asks for a change.
    """
    return wanted if wanted == count else next_multiple(policy, wanted)


def settle(policy, past, wanted, word, by):
    """M: steps 8 to 10, from a recommendation to the decision.

    L: why: What bound the result last.
    """
    now = past[-1]
    count = now.sample.count
    result = stabilize(policy, past, wanted)
    now.recommendation = wanted
    if result != wanted:
        word = 'stabilized'
    way = direction(count, result)
    if way and cooling(policy, past, way):
        result, word = count, 'cooldown'
    way = direction(count, result)
    if way:
        slower = rate(policy, past, way, result)
        if slower != result:
            result, word = slower, 'rate'
    rounded = round_to_multiple(policy, count, result)
    if rounded != result:
        result, word = rounded, 'multiple'
    # The HPA: a rate that reaches as far as a bound has the bound's word.
    low, high = bounds(policy, now.sample)
    if policy.idle and not kept_awake(policy, now.sample):
        low = min(low, count)   # rest() wakes an app that is below min.
    if result > high or (result == high < wanted and word == 'rate'):
        result, word = high, 'max'
    if result < low or (result == low > wanted and word == 'rate'):
        result, word = low, 'min'
    return result, word, by


def silent_in_a_row(policy, entries):
    """M: fallback: COUNT after N samples without a usable metric."""
    row = 0
    for entry in reversed(entries):
        if not entry.silent:
            break
        row += 1
    return row


def unknown_count(policy, entries):
    """M: COUNT -: no opinion [no-data] or the fallback; with COUNT unknown
    step 10 alone.

    CHOICE: a MODE that needs COUNT takes the last known one, or static.
    """
    if policy.fallback:
        needed, number, mode = policy.fallback
        if silent_in_a_row(policy, entries) >= needed:
            low, high = bounds(policy, entries[-1].sample)
            result, word = number, 'fallback'
            if counted(entries):
                known = counted(entries)[-1].sample.count
                result = mode_count(known, number, mode)
            rounded = next_multiple(policy, result)
            if rounded != result:
                result, word = rounded, 'multiple'
            if result > high:
                result, word = high, 'max'
            if result < low:
                result, word = low, 'min'
            return result, word, None
    return None, 'no-data', None


def largest(policy, past, entries):
    """M: The largest recommendation wins [target].  If all are [unusable], or
    one is and the others ask for less than COUNT: hold.
    """
    now = past[-1]
    count = now.sample.count
    asked = {metric.name: judge(policy, metric, past)
             for metric in policy.metrics}
    usable = [name for name in asked if asked[name].count is not None]
    unusable = [name for name in asked if asked[name].count is None]
    now.silent = not usable
    if not usable:
        if policy.fallback:
            needed, number, mode = policy.fallback
            if silent_in_a_row(policy, entries) >= needed:
                wanted = mode_count(count, number, mode)
                return settle(policy, past, wanted, 'fallback', None)
        return count, asked[unusable[0]].word, unusable[0]
    # CHOICE: of equal ones the first in the order of the policy.
    by = max(usable, key=lambda name: asked[name].count)
    wanted, word = asked[by].count, asked[by].word
    if unusable and wanted < count:
        # CHOICE: by names the unusable metric, the first one of the policy.
        return count, asked[unusable[0]].word, unusable[0]
    # D: panic: never down
    if wanted < count and panicking(policy, past):
        wanted, word = count, 'panic'
    return settle(policy, past, wanted, word, by)


# ---------------------------------------------------------------- idle

def activity(policy, entry):
    """'quiet', 'active' or, where that is unsure, None.

    M: every metric with an activation.NAME was there, and not above it.
    M: Activation is a matter of readings, not of their means.
    D: Unsure activity is not idle.
    """
    values = [(reading(policy, metric, entry)[0], metric.activation)
              for metric in policy.metrics if metric.activation is not None]
    if any(value is not None and value > limit for value, limit in values):
        return 'active'
    if any(value is None for value, _ in values):
        return None
    return 'quiet'


def waker(policy, entry):
    for metric in policy.metrics:
        value = reading(policy, metric, entry)[0]
        if metric.activation is not None and value is not None:
            if value > metric.activation:
                return metric.name
    return None


def idle_throughout(policy, past):
    """D: after DUR of metric <= activation.

    CHOICE: DUR begins with the first quiet sample of the row, not with the
    active one before it.
    """
    since = None
    for entry in reversed(past):
        if activity(policy, entry) != 'quiet':
            break
        since = entry.time
    return since is not None and past[-1].time - since >= policy.idle


def kept_awake(policy, sample):
    """D: A window's min and a sample's min= keep it awake."""
    low, _, paused = sample_bounds(policy, sample)
    return paused or low is not None and low > policy.idle_count


def rest(policy, past, result):
    """M: With idle, 0 replicas once ... [idle]: at once.

    D: Down to idle_count at once, whatever windows and rates; up from below
    min at once to max(min, what rates allow).
    M: other metrics do not leave 0.
    """
    now = past[-1]
    count = now.sample.count
    low, _ = bounds(policy, now.sample)
    # M: any metric that cannot be used may hide activity.
    if count >= low and any(
            judgement.count is None for judgement in now.alone.values()):
        return result
    if idle_throughout(policy, past) and not panicking(policy, past):
        return policy.idle_count, 'idle', None
    if count >= low:
        return result
    doing = activity(policy, now)
    if doing == 'active':
        if result[0] >= low:
            return result
        # CHOICE: the first active metric of the policy wakes the app.
        return low, 'target' if low == 1 else 'min', waker(policy, now)
    # CHOICE: below min without activity COUNT stays; only where activity is
    # unsure a fallback may change it.
    if doing == 'quiet':
        return count, 'idle', None
    if now.silent and result[1] not in ('no-data', 'zero', 'range'):
        return result
    for metric in policy.metrics:
        word = reading(policy, metric, now)[1]
        if metric.activation is not None and word:
            return count, word, metric.name
    return result


# ---------------------------------------------------------------- decide

def outcome(policy, past, entries):
    """The decision for the last entry: COUNT, why, by."""
    now = past[-1]
    sample = now.sample
    count = sample.count
    if count is None:
        now.silent = True
        return unknown_count(policy, entries)
    low, high = bounds(policy, sample)
    resting = bool(policy.idle) and not kept_awake(policy, sample)
    # M: COUNT 0 while min > 0: somebody switched it off, hold [disabled].
    # D: [idle:] no disabled ... COUNT 0 with idle_count > 0 is disabled.
    least = policy.idle_count if policy.idle else policy.min
    if count == 0 and least > 0:
        return 0, 'disabled', None
    # CHOICE: fallback counts samples at a bound by what their metrics say.
    now.silent = all(judge(policy, metric, past).count is None
                     for metric in policy.metrics)
    # M: COUNT outside min..max: to the bound at once, whatever the rates.
    resting = resting and count >= policy.idle_count
    if count > high:
        return high, 'max', None
    if count < low and not resting:
        return low, 'min', None
    result = largest(policy, past, entries)
    if resting:
        return rest(policy, past, result)
    return result


def decide(policy, history, sample):
    """Returns the new entry; history is the list of the entries before."""
    now = Entry(sample)
    entries = history + [now]
    past = since_first_sight(policy, entries)
    now.alone = {metric.name: judge_alone(policy, metric, past)
                 for metric in policy.metrics}
    now.count, now.why, now.by = outcome(policy, past, entries)
    return now


@dataclass
class App:
    entries: list = field(default_factory=list)
    aside: list = None          # the state before an unconfirmed leap
    seen: int = 0               # the stream's time at its last line


class Decider:
    def __init__(self, policy):
        self.policy = policy
        self.apps = {}
        self.clock = None

    def forget(self, time):
        """D: an app that is not seen for so long is forgotten; for forget the
        stream's time moves at most max_gap a line.
        """
        if self.clock is None:
            self.clock = time
        if time > self.clock:
            self.clock = min(time, self.clock + self.policy.max_gap)
        self.apps = {name: app for name, app in self.apps.items()
                     if self.clock - app.seen < self.policy.forget}

    def take(self, line):
        """Returns the decision line for a sample line, or None."""
        # L: A whole comment is passed on in its place.
        if is_comment(line):
            return line[:-1]
        sample = parse_line(line)
        if sample is None:
            return None
        self.forget(sample.time)
        app = self.apps.get(sample.app)
        if app is None:
            app = App(seen=self.clock)
        entries, aside = self.leap(app, sample)
        # D: an older or equal TIME than the last is skipped.
        if entries and sample.time <= entries[-1].time:
            return None
        app.entries, app.aside = entries, aside
        app.seen = self.clock
        self.apps[sample.app] = app
        entry = decide(self.policy, app.entries, sample)
        app.entries = app.entries + [entry]
        return print_decision(entry)

    def leap(self, app, sample):
        """D: a TIME more than 1 d past the app's last decides as at first
        sight, with the old state kept aside; a next sample within max_gap
        confirms it, an older one drops it and goes on with the old state.
        """
        if not app.entries:
            return app.entries, app.aside
        last = app.entries[-1].time
        if app.aside is not None and sample.time < last:
            if sample.time <= app.aside[-1].time:
                return app.entries, app.aside
            return app.aside, None
        if sample.time - last > max(DAY, self.policy.max_gap):
            return [], app.aside if app.aside is not None else app.entries
        if sample.time - last <= self.policy.max_gap and sample.time > last:
            return app.entries, None
        return app.entries, app.aside


def print_decision(entry):
    def text(count):
        return '-' if count is None else str(count)

    sample = entry.sample
    line = '%s %s %s from=%s why=%s' % (
        sample.printed, sample.app, text(entry.count), text(sample.count),
        entry.why)
    if entry.by:
        line += ' by=' + entry.by
    return line


# ---------------------------------------------------------------- main

def run(settings, lines):
    decider = Decider(Policy(settings))
    decisions = [decider.take(line) for line in lines]
    return ''.join(line + '\n' for line in decisions if line is not None)


def read_lines(file):
    return re.findall(r'[^\n]*\n|[^\n]+', file.read())


def split_setting(text):
    key, _, value = text.partition('=')
    return key.strip(), value.strip()


def run_all(directory):
    for policy in sorted(glob.glob(os.path.join(directory, '*', 'policy'))):
        pair = os.path.dirname(policy)
        with open(policy, encoding='utf-8') as file:
            settings = [split_setting(line) for line in file if line.strip()]
        with open(os.path.join(pair, 'stream'), encoding='latin-1',
                  newline='') as file:
            lines = read_lines(file)
        with open(os.path.join(pair, 'naive'), 'w', encoding='latin-1') as out:
            out.write(run(settings, lines))


def main(arguments):
    settings = []
    flags = {'-t': 'target.cpu', '-m': 'min', '-M': 'max'}
    arguments = list(arguments)
    while arguments:
        argument = arguments.pop(0)
        if argument == '--all':
            run_all(arguments.pop(0))
            return
        elif argument in flags:
            settings.append((flags[argument], arguments.pop(0)))
        elif argument == '-o':
            settings.append(split_setting(arguments.pop(0)))
        elif argument != '-q':
            sys.exit('usage: naive.py [-t TARGET] [-m MIN]'
                     ' [-M MAX] [-o KEY=VALUE]... | --all DIR')
    sys.stdin.reconfigure(encoding='latin-1', newline='')
    sys.stdout.write(run(settings, read_lines(sys.stdin)))


if __name__ == '__main__':
    main(sys.argv[1:])
