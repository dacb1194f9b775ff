"""Mean average precision at an IoU of 0.5, by pycocotools.

    judge.py INSTANCES.json RESULTS.json LEAST NAME

Prints a line `pass` or `FAIL` with the number, which must reach LEAST.
"""

import contextlib
import io
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

instances, results, least, name = sys.argv[1:]
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(instances)
    found = COCOeval(truth, truth.loadRes(results), "bbox")
    found.evaluate()
    found.accumulate()
    found.summarize()
precision = float(found.stats[1])
print(f"{'pass' if precision >= float(least) else 'FAIL'}  {name}: mAP@.5 {precision:.3f} on {len(truth.imgs)} held-out images (at least {least})")
