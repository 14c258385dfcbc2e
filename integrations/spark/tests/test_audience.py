"""The module on a real local cluster, and the recipes of docs/audience.md: the same bytes as one process."""

import json
import os
import re
import shutil
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

BINARY = os.path.abspath(os.environ["INKPROOF_BIN"])
PEOPLE = int(os.environ.get("PEOPLE", "20000"))
NOW = "2026-12-01T09:00:00Z"
DOCUMENTED = (Path(__file__).parents[3] / "docs/audience.md").read_text()
TEMPLATE = """---
type: welcome
topics: [news]
---
{
  "title": "Hi {{ customer.first_name }}, welcome",
  "body": "{% if customer.plan == 'pro' %}{{ customer.company }}{% else %}{{ customer.city }}{% endif %}"
}
"""


def recipe(beginning):
    """The documented code that begins like this."""
    blocks = re.findall(r"```\w+\n(.*?)```", DOCUMENTED, re.DOTALL)
    (found,) = [block for block in blocks if block.startswith(beginning)]
    return found


class AudienceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.project = Path(cls.folder.name)
        (cls.project / "templates").mkdir()
        (cls.project / "people").mkdir()
        (cls.project / "templates/welcome.liquid").write_text(TEMPLATE)
        parquet = cls.project / "people/1.parquet"
        # Every kind of value: missing names, quotes that break the JSON, other alphabets.
        duckdb.sql(f"""
            copy (select 'user_' || i as id,
                case when i % 97 = 0 then null when i % 89 = 0 then 'Al "x"' when i % 7 = 0 then 'Édith' else 'Ada' end as first_name,
                case when i % 3 = 0 then 'pro' end as plan,
                case when i % 5 = 0 then 'Acme' end as company,
                'City ' || (i % 40) as city
                from range({PEOPLE}) t(i)) to '{parquet}' (format parquet, compression gzip)""")
        cls.lines = cls.project / "people.jsonl"
        # Nothing is quoted, so that each cell is a line.
        as_it_is = r"(format csv, header false, quote '', escape '', delimiter '\x1f')"
        query = f"select json_merge_patch('{{}}', to_json(p))::varchar from '{parquet}' p"
        duckdb.sql(f"copy ({query} order by p.id) to '{cls.lines}' {as_it_is}")
        # The recipes find the programs by their names.
        programs = cls.project / "programs"
        programs.mkdir()
        (programs / "inkproof").symlink_to(BINARY)
        cls.path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
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

    def single(self, format="full"):
        command = [BINARY, "-C", self.project, "audience", "welcome", "--now", NOW, "--unordered", "--format", format, self.lines]
        return subprocess.run(command, capture_output=True, text=True).stdout

    def shell(self, script):
        """Runs a documented script in the project. Code 1 means that messages are lost."""
        variables = {**os.environ, "PATH": self.path, "INKPROOF_NOW": NOW}
        done = subprocess.run(["bash", "-c", script], cwd=self.project, env=variables, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        return done.stdout

    def test_eight_partitions_and_one_process_give_the_same_bytes(self):
        people = self.spark.read.parquet(self.parquet).repartition(8)
        self.assertEqual(people.rdd.getNumPartitions(), 8)
        spark = audience(people, "welcome", project=self.project, now=NOW, inkproof=BINARY, format="full")
        self.assertEqual(spark, self.single())
        self.assertIn(f"{PEOPLE:,} records", spark)

    def test_duckdb_and_one_process_give_the_same_bytes(self):
        script = recipe('duckdb -noheader -list -c "\n').strip() + " --unordered\n"
        self.assertEqual(self.shell(script), self.single())
        # With nulls, the same people get other messages.
        with_nulls = recipe('duckdb -noheader -list -c "select to_json').strip() + " --unordered\n"
        self.assertNotEqual(self.shell(with_nulls), self.single())

    def test_the_long_table_of_the_warehouse_export(self):
        columns = ["id", "first_name", "plan", "company", "city"]
        table = " union all ".join(
            f"""select id as internal_customer_id, '{name}' as attribute_name, {name} as attribute_value, timestamp '2026-01-02' as "timestamp"
                from '{self.parquet}' where {name} is not null
                union all select id, '{name}', 'old', timestamp '2026-01-01' from '{self.parquet}'
                union all select id, '{name}', null, timestamp '2026-01-03' from '{self.parquet}' where {name} is null"""
            for name in columns
        )
        duckdb.sql(f"copy ({table}) to '{self.project}/attributes_v5_1.parquet' (format parquet)")
        query = self.project / "latest.sql"
        query.write_text(recipe("select json_group_object"))
        script = "duckdb -noheader -list < latest.sql | inkproof audience welcome --unordered --format json"
        report, single = json.loads(self.shell(script)), json.loads(self.single("json"))
        # The keys are in another order, which the records' hashes depend on, and with them the witnesses.
        for group in [*report["losses"], *single["losses"]]:
            del group["first"], group["smallest"]
        for one in (report, single):
            del one["title_length"], one["body_length"], one["suspicious"]
        self.assertEqual(report, single)

    @unittest.skipUnless(shutil.which("parallel"), "needs GNU parallel")
    def test_gnu_parallel_and_one_process_give_the_same_bytes(self):
        script = recipe("export INKPROOF_NOW").replace("--block 100M", "--block 1M")
        subprocess.run(["bash", "-c", script], cwd=self.project, env={**os.environ, "PATH": self.path}, capture_output=True)
        parts = list(self.project.glob("*.part"))
        self.assertGreater(len(parts), 1)
        self.assertEqual(self.shell("inkproof audience merge ./*.part"), self.single())

    def test_lines_of_json_and_the_pipe_of_rdds(self):
        lines = self.spark.read.text(str(self.lines)).repartition(3)
        report = audience(lines, "welcome", project=self.project, now=NOW, inkproof=BINARY)
        self.assertEqual(report, json.loads(self.single("json")))
        self.assertEqual(report["people"]["records"], PEOPLE)

    def test_the_documented_pipe_of_rdds(self):
        people = self.spark.read.parquet(self.parquet).repartition(3)
        script = recipe('command = "inkproof').replace("inkproof -C /opt/messages", f"{BINARY} -C {self.project}")
        names = {"people": people}
        exec(script, names)
        self.assertEqual(len(names["parts"]), 3)
        for number, part in enumerate(names["parts"]):
            (self.project / f"{number}.rdd").write_text(part)
        self.assertEqual(self.shell("inkproof audience merge ./*.rdd"), self.single())

    def test_rows_and_partitions_without_records(self):
        none = self.spark.createDataFrame([(None,), (None,)], "line string").repartition(3)
        report = audience(none, "welcome", project=self.project, now=NOW, inkproof=BINARY)
        self.assertEqual((report["people"]["records"], report["losses"]), (0, []))

    def test_an_error_of_inkproof_is_raised(self):
        lines = self.spark.read.text(str(self.lines))
        with self.assertRaisesRegex(Exception, "there is no template or request `nope`"):
            audience(lines, "nope", project=self.project, now=NOW, inkproof=BINARY)
        self.assertTrue(issubclass(AudienceError, RuntimeError))


if __name__ == "__main__":
    unittest.main()
