"""The window and the formula alone over a stream of samples."""
import collections
import math
import sys
import datetime

windows = {}
for line in sys.stdin:
    time, app, count, cpu = line.split()[:4]
    now = datetime.datetime.fromisoformat(time[:-1]).timestamp()
    count = int(count)
    ratio = float(cpu[4:]) / 0.8
    want = count if abs(1 - ratio) <= 0.1 else math.ceil(count * ratio)
    window = windows.setdefault(app, collections.deque([(now, count)]))
    while window and window[0][0] <= now - 300:
        window.popleft()
    window.append((now, want))
    if want < count:
        want = min(count, max(want for _, want in window))
    print(time, app, want, f"from={count}")
