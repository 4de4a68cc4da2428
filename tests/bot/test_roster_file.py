"""A roster file: the forms in which it may come, and every way in which it may not be one."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot import roster_file
from texts import sentences

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "content" / "sample" / "roster.csv"
HEAD = "组织,姓名,人员类别,党内职务,上级党组织职务,党小组,性别,出生日期,入党日期,转正日期,手机,备注"


def written(tmp_path, content, name="roster.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def sheet(tmp_path, rows, name="roster.xlsx"):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def codes(found):
    return [(fault.row, fault.column, fault.code) for fault in found.faults]


def one(tmp_path, line, head=HEAD):
    found = roster_file.read(written(tmp_path, f"{head}\n{line}\n"))
    assert found.faults == ()
    return found.rows[0]


def fault(tmp_path, line, head=HEAD):
    """The one fault of a file with one person."""
    found = roster_file.read(written(tmp_path, f"{head}\n{line}\n"))
    [only] = found.faults
    assert found.rows == ()
    return only.row, only.column, only.code


def test_the_sample_is_read_whole():
    found = roster_file.read(SAMPLE)
    assert (len(found.rows), found.faults, found.ignored) == (35, (), ())
    secretary, head_of_all = found.rows[0], found.rows[30]
    assert (secretary.number, secretary.organization, secretary.name) == (2, "研发党支部", "李慧")
    assert secretary.facts["post"] == "secretary"
    assert secretary.facts["born_on"] == date(1979, 4, 12)
    assert secretary.facts["phone"] == "19900000001"
    assert head_of_all.committee == "园区党委"
    marked = {row.name: [name for name, value in row.facts.items() if value is True] for row in found.rows}
    assert {name: marks for name, marks in marked.items() if marks} == {
        "邱本善": ["retired", "exempt", "no_account"],
        "潘越": ["mobile"],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_read_alike(tmp_path, encoding):
    text = SAMPLE.read_text("utf-8")
    path = written(tmp_path, text.replace("\n", "\r\n").encode(encoding))
    assert roster_file.read(path) == roster_file.read(SAMPLE)


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters_read_alike(tmp_path, delimiter):
    text = SAMPLE.read_text("utf-8").replace(";", "、").replace(",", delimiter)
    assert roster_file.read(written(tmp_path, text)) == roster_file.read(SAMPLE)


def test_xlsx_reads_like_csv(tmp_path):
    lines = [line.split(",") for line in SAMPLE.read_text("utf-8").splitlines()]
    typed = [[cell or None for cell in line] for line in lines]
    for line in typed[1:]:
        line[7] = datetime.fromisoformat(line[7])
        line[10] = int(line[10])
    assert roster_file.read(sheet(tmp_path, typed)) == roster_file.read(SAMPLE)


def test_a_title_and_empty_rows_keep_the_row_numbers(tmp_path):
    rows = [["党员名册"], [], ["姓名", "组织", "人员类别"], [], ["甲", "一支部", "正式党员"], ["乙", "一支部", "党员"]]
    found = roster_file.read(sheet(tmp_path, rows))
    assert [row.number for row in found.rows] == [5]
    assert codes(found) == [(6, "status", "not_one_of")]
    assert set(found.rows[0].facts) == {"status"}


@pytest.mark.parametrize(
    "said",
    ["2001-06-28", "2001/6/28", "2001.6.28", "2001年6月28日", "20010628", "２００１．６．２８", "2001-06-28 00:00:00"],
)
def test_forms_of_a_date(tmp_path, said):
    row = one(tmp_path, f"一支部,甲,正式党员,,,,,,{said},,,")
    assert row.facts["joined_on"] == date(2001, 6, 28)


@pytest.mark.parametrize("cell", [datetime(2001, 6, 28), date(2001, 6, 28), 37070, 20010628])  # noqa: DTZ001
def test_dates_of_a_spreadsheet(tmp_path, cell):
    found = roster_file.read(
        sheet(tmp_path, [["组织", "姓名", "人员类别", "入党日期"], ["一支部", "甲", "正式党员", cell]])
    )
    assert found.rows[0].facts["joined_on"] == date(2001, 6, 28)


@pytest.mark.parametrize(
    "said", ["2001.6", "2001-13-01", "2001-02-30", "明年", "0001-01-01", "9" * 40, "2001-06-28 9:30"]
)
def test_what_is_no_date(tmp_path, said):
    assert fault(tmp_path, f"一支部,甲,正式党员,,,,,,{said},,,") == (2, "joined_on", "not_a_date")


@pytest.mark.parametrize("between", [";", "；", "、", " ", "，"])
def test_marks_stand_among_other_remarks(tmp_path, between):
    row = one(tmp_path, f'一支部,甲,正式党员,,,,,,,,,"流动{between}会修打印机{between}无账号"')
    assert [name for name, value in row.facts.items() if value is True] == ["mobile", "no_account"]


def test_blanks_that_widen_a_name_and_words_for_nothing(tmp_path):
    row = one(tmp_path, "一支部, 李　慧 ,正式党员,无,-,—,女,,,,199 0000 0001,")
    assert row.name == "李慧"
    assert (row.facts["post"], row.facts["upper_post"], row.facts["group"]) == ("", "", "")
    assert one(tmp_path, "一支部,Anna  Li,正式党员,,,,,,,,,").name == "Anna  Li"


@pytest.mark.parametrize(
    ("upper_post", "committee"),
    [
        ("园区党委书记", "园区党委"),
        ("园区党委副书记", "园区党委"),
        ("园区党委委员", "园区党委"),
        ("特邀顾问", ""),
        ("书记", ""),
    ],
)
def test_the_committee_that_a_post_names(tmp_path, upper_post, committee):
    assert one(tmp_path, f"一支部,甲,正式党员,,{upper_post},,,,,,,").committee == committee


def test_accounts_and_headings_that_are_not_read(tmp_path):
    head = "序号,组织,姓名,人员类别,企业微信账号,Telegram账号,网页账号,学历"
    found = roster_file.read(written(tmp_path, f"{head}\n1,一支部,甲,正式党员,jia,10001,,本科\n"))
    assert [(held.channel, held.account, held.chat) for held in found.rows[0].accounts] == [
        ("wecom", "jia", "jia"),
        ("telegram", "10001", "10001"),
        ("wecom_bot", "jia", "jia"),
    ]
    assert found.ignored == ("序号", "学历")


def test_the_ai_bot_may_know_somebody_by_another_account(tmp_path):
    head = "组织,姓名,人员类别,企业微信账号,企业微信智能机器人账号"
    found = roster_file.read(written(tmp_path, f"{head}\n一支部,甲,正式党员,jia,woAJ2G\n"))
    assert [(held.channel, held.account) for held in found.rows[0].accounts] == [
        ("wecom", "jia"),
        ("wecom_bot", "woAJ2G"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("一支部,,正式党员,,,,,,,,,", (2, "name", "missing")),
        (",甲,正式党员,,,,,,,,,", (2, "organization", "missing")),
        ("一支部,甲,,,,,,,,,,", (2, "status", "missing")),
        ("一支部,甲,群众,,,,,,,,,", (2, "status", "not_one_of")),
        ("一支部,甲,正式党员,会长,,,,,,,,", (2, "post", "not_one_of")),
        ("一支部,甲,正式党员,,,,不详,,,,,", (2, "gender", "not_one_of")),
        ("一支部,甲,正式党员,,,,,,,,打电话,", (2, "phone", "not_a_phone")),
        (f"一支部,{'甲' * 51},正式党员,,,,,,,,,", (2, "name", "too_long")),
        ("一支部,甲\x07乙,正式党员,,,,,,,,,", (2, "name", "unprintable")),
        ("一支部,甲\u202e乙,正式党员,,,,,,,,,", (2, "name", "unprintable")),
    ],
)
def test_faults_of_a_cell_name_row_and_column(tmp_path, line, expected):
    assert fault(tmp_path, line) == expected


def test_every_fault_of_a_file_is_named(tmp_path):
    found = roster_file.read(
        written(tmp_path, f"{HEAD}\n一支部,,群众,,,,,,,,,\n一支部,乙,正式党员,,,,,,,,,\n,丙,正式党员,,,,,昨天,,,,\n")
    )
    assert codes(found) == [
        (2, "name", "missing"),
        (2, "status", "not_one_of"),
        (4, "organization", "missing"),
        (4, "born_on", "not_a_date"),
    ]
    assert [row.name for row in found.rows] == ["乙"]


def bomb(name="xl/worksheets/sheet1.xml", size=60 << 20):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * size)
    return data.getvalue()


def tampered(tmp_path, part, *changes):
    """A sound workbook, with something else in the XML of one part."""
    path = sheet(tmp_path, [["组织", "姓名", "人员类别"], ["一支部", "PERSON", "正式党员"]])
    data = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(data, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            for old, new in changes if entry.filename.endswith(part) else ():
                assert old in content
                content = content.replace(old, new, 1)
            target.writestr(entry, content)
    return data.getvalue()


LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'>%s]>" % b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
)
"""The entity `m` is a million million words long."""
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (PNG, "roster.xlsx", "not_xlsx"),
        (PNG, "roster.csv", "not_text"),
        (b"", "roster.csv", "empty"),
        (b" \n\n ", "roster.csv", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "roster.xls", "old_excel"),
        (b"PK\x03\x04" + bytes(100), "roster.xlsx", "broken_xlsx"),
        (bomb(), "roster.xlsx", "too_large"),
        (bomb("word/document.xml", 1000), "roster.docx", "broken_xlsx"),
        (b"x" * (11 << 20), "roster.csv", "too_large"),
        (bytes(range(1, 256)) * 20, "roster.csv", "not_text"),
        ("今天天气很好\n我们开会\n".encode(), "roster.csv", "no_heading"),
        (b'{"a": [1, 2]}', "roster.csv", "no_heading"),
        (HEAD.encode(), "roster.csv", "no_rows"),
        (b'"' + b"x" * 200_000, "roster.csv", "broken_csv"),
        ("\n".join([HEAD, *["一支部,甲,正式党员"] * 20_001]).encode(), "roster.csv", "too_many_rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_a_roster_has_one_clear_fault(tmp_path, content, name, code):
    found = roster_file.read(written(tmp_path, content, name))
    assert codes(found) == [(None, None, code)]
    assert found.rows == ()


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("sheet1.xml", [(b"<worksheet ", LAUGHS + b"<worksheet "), (b"PERSON", b"&m;")]),
        ("workbook.xml", [(b"<workbook ", LAUGHS + b"<workbook "), (b'name="Sheet"', b'name="&m;"')]),
    ],
)
def test_xml_that_grows_without_end_is_not_read(tmp_path, part, changes):
    path = written(tmp_path, tampered(tmp_path, part, *changes), "laughs.xlsx")
    assert codes(roster_file.read(path)) == [(None, None, "broken_xlsx")]


def test_a_row_far_down_is_not_waited_for(tmp_path):
    path = written(tmp_path, tampered(tmp_path, "sheet1.xml", (b'<row r="2"', b'<row r="1048576"')), "far.xlsx")
    assert codes(roster_file.read(path)) == [(None, None, "too_many_rows")]


def test_what_is_not_a_file(tmp_path):
    assert codes(roster_file.read(tmp_path / "none.csv")) == [(None, None, "no_file")]
    assert codes(roster_file.read(tmp_path)) == [(None, None, "unreadable")]


def test_columns_that_are_missing_or_twice(tmp_path):
    found = roster_file.read(written(tmp_path, "姓名,手机,手机号\n甲,1,2\n"))
    assert codes(found) == [
        (None, "organization", "column_missing"),
        (None, "status", "column_missing"),
        (None, "phone", "column_twice"),
    ]


def test_every_code_has_its_sentence():
    room = Path(roster_file.__file__).parent
    source = "".join((room / name).read_text("utf-8") for name in ("roster_file.py", "roster_cells.py"))
    said = {key.removeprefix("roster.fault.") for key in sentences() if key.startswith("roster.fault.")}
    checks = (ROOT / "services" / "roster_checks.py").read_text("utf-8") + (ROOT / "services" / "roster.py").read_text()
    assert all(f'"{code}"' in source + checks for code in said)
