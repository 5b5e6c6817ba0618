"""Ticks as a Python script does it: fetch, decide, apply with requests."""
import math
import sys
import time

import requests

base, ticks, interval = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
session = requests.Session()
start = time.monotonic()
for tick in range(ticks):
    time.sleep(max(0, start + tick * interval - time.monotonic()))
    status = session.get(base + "/status", timeout=5).json()
    count = status["replicas"]
    ratio = status["cpu"]["highPriority"] / 0.8
    want = count if abs(1 - ratio) <= 0.1 else math.ceil(count * ratio)
    want = max(1, min(100, want))
    if want != count:
        session.put(base + "/replicas", json={"replicas": want}, timeout=5)
