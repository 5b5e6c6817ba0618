"""One tick as a Python script does it: fetch, decide, apply with requests."""
import math
import sys

import requests

base, ticks = sys.argv[1], int(sys.argv[2])
session = requests.Session()
for _ in range(ticks):
    status = session.get(base + "/status", timeout=5).json()
    count = status["replicas"]
    ratio = status["cpu"]["highPriority"] / 0.8
    want = count if abs(1 - ratio) <= 0.1 else math.ceil(count * ratio)
    want = max(1, min(100, want))
    if want != count:
        session.put(base + "/replicas", json={"replicas": want}, timeout=5)
