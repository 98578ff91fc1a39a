"""Compare the files of the data folder with those in a wheel: `wheel_has_data.py WHEEL DATA`.

The wheel has one more, the decoded data of all YAML files.
"""

import sys
import zipfile
from pathlib import Path

wheel, data = sys.argv[1], Path(sys.argv[2])
packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("stretch/data/")}
wanted = {f"stretch/data/{path.relative_to(data).as_posix()}" for path in data.rglob("*") if path.is_file()}
wanted.add("stretch/data/shipped.msgpack")
if packed != wanted:
    sys.exit(f"the wheel and {data} differ: {sorted(packed ^ wanted)}")
print(f"{len(packed)} data files in the wheel")
