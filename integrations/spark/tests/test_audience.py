"""The module on a real local cluster: the same bytes as one process and as DuckDB."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent) + os.pathsep + os.environ.get("PYTHONPATH", "")

import duckdb
from pyspark.sql import SparkSession

from inkproof_spark import AudienceError, audience

BINARY = os.environ["INKPROOF_BIN"]
PEOPLE = int(os.environ.get("PEOPLE", "20000"))
NOW = "2026-12-01T09:00:00Z"
TEMPLATE = """---
type: welcome
topics: [news]
---
{
  "title": "Hi {{ customer.first_name }}, welcome",
  "body": "{% if customer.plan == 'pro' %}{{ customer.company }}{% else %}{{ customer.city }}{% endif %}"
}
"""


class AudienceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.project = Path(cls.folder.name)
        (cls.project / "templates").mkdir()
        (cls.project / "templates/welcome.liquid").write_text(TEMPLATE)
        parquet = cls.project / "people.parquet"
        # Every kind of value: missing names, quotes that break the JSON, other alphabets.
        duckdb.sql(f"""
            copy (select 'user_' || i as id,
                case when i % 97 = 0 then null when i % 89 = 0 then 'Al "x"' when i % 7 = 0 then 'Édith' else 'Ada' end as first_name,
                case when i % 3 = 0 then 'pro' end as plan,
                case when i % 5 = 0 then 'Acme' end as company,
                'City ' || (i % 40) as city
                from range({PEOPLE}) t(i)) to '{parquet}' (format parquet)""")
        cls.lines = cls.project / "people.jsonl"
        rows = duckdb.sql(f"select json_merge_patch('{{}}', to_json(p))::varchar from '{parquet}' p order by p.id")
        with cls.lines.open("w") as file:
            while chunk := rows.fetchmany(50_000):
                file.writelines(row[0] + "\n" for row in chunk)
        cls.spark = (
            SparkSession.builder.master(os.environ.get("SPARK_MASTER", "local-cluster[2,1,1024]"))
            .config("spark.ui.enabled", "false")
            .config("spark.executorEnv.PYTHONPATH", os.environ["PYTHONPATH"])
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate()
        )
        cls.spark.sparkContext.setLogLevel("ERROR")
        cls.parquet = str(parquet)

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()
        cls.folder.cleanup()

    def single(self, format="json"):
        command = [BINARY, "-C", self.project, "audience", "welcome", "--now", NOW, "--unordered", "--format", format, self.lines]
        return subprocess.run(command, capture_output=True, text=True).stdout

    def test_eight_partitions_duckdb_and_one_process_give_the_same_bytes(self):
        people = self.spark.read.parquet(self.parquet).repartition(8)
        spark = audience(people, "welcome", project=self.project, now=NOW, inkproof=BINARY, format="full")
        self.assertEqual(spark, self.single("full"))
        self.assertIn(f"{PEOPLE:,} records", spark)
        query = f"copy (select json_merge_patch('{{}}', to_json(p))::varchar from '{self.parquet}' p) to '/dev/stdout' (format csv, header false, quote '', escape '', delimiter '\x1f')"
        duck = subprocess.Popen([sys.executable, "-c", f"import duckdb; duckdb.sql({query!r})"], stdout=subprocess.PIPE)
        command = [BINARY, "-C", self.project, "audience", "welcome", "--now", NOW, "--unordered"]
        done = subprocess.run(command, stdin=duck.stdout, capture_output=True, text=True)
        self.assertEqual(duck.wait(), 0)
        self.assertEqual(done.stdout, spark, done.stderr)

    def test_lines_of_json_and_the_pipe_of_rdds(self):
        lines = self.spark.read.text(str(self.lines)).repartition(3)
        report = audience(lines, "welcome", project=self.project, now=NOW, inkproof=BINARY)
        self.assertEqual(report, json.loads(self.single()))
        self.assertEqual(report["people"]["records"], PEOPLE)
        command = f"{BINARY} -C {self.project} audience welcome --partial --threads 1 --now {NOW}"
        parts = lines.rdd.map(lambda row: row[0]).pipe(command, checkCode=True).collect()
        self.assertEqual(len(parts), 3)

    def test_an_error_of_inkproof_is_raised(self):
        lines = self.spark.read.text(str(self.lines))
        with self.assertRaisesRegex(Exception, "there is no template or request `nope`"):
            audience(lines, "nope", project=self.project, now=NOW, inkproof=BINARY)
        self.assertTrue(issubclass(AudienceError, RuntimeError))


if __name__ == "__main__":
    unittest.main()
