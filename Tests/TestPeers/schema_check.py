"""Checks profiles against the published JSON Schema, as an editor does: schema_check.py SCHEMA FILE…

Prints one line per file: its name, a tab, and what is wrong (nothing where it is sound).
"""

import json
import sys

import jsonschema
import yaml

with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for name in sys.argv[2:]:
    with open(name) as file:
        problems = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(yaml.safe_load(file))]
    print(f"{name}\t{'; '.join(problems[:5])}")
