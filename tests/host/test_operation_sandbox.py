"""Templates and expressions of people who may write them: no way out, no writing, no work without end."""

import frappe
import pytest
from frappe.utils._limits import TooMuchWork
from frappe.utils.safe_exec import get_safe_globals

pytestmark = pytest.mark.usefixtures("site")
SECRETS = ("<class", "<module", "<built-in", "builtins", "__globals__", "root:x:")


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''['__class__']['__mro__'] }}",
        "{{ ''|attr('__class__')|attr('__base__')|attr('__subclasses__')() }}",
        "{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
        "{{ ''[['__cla','ss__']|join] }}",
        "{{ [].__class__.__base__.__subclasses__() }}",
        "{{ '{0.__class__.__base__}'.format([]) }}",
        "{{ '{x.__class__}'.format_map({'x': 1}) }}",
        "{{ '{0.__init__.__globals__}'.format(frappe.get_doc) }}",
        "{{ ('{0.__class__}'|string).format(1) }}",
        "{{ [''.__class__]|map(attribute='__mro__')|list }}",
        "{{ ['']|map(attribute='__class__')|list }}",
        "{{ ['']|map('attr', '__class__')|list }}",
        "{{ [{'x': ''}]|groupby('x.__class__') }}",
        "{{ ['']|selectattr('__class__')|list }}",
        "{{ self.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ joiner.__init__.__globals__ }}",
        "{{ url_for.__globals__ }}",
        "{{ frappe.get_doc.__code__.co_consts }}",
        "{{ frappe.get_doc.func_globals }}",
        "{{ (1).__class__.__base__ }}",
        "{{ frappe.local.conf }}{{ frappe.conf }}",
        "{{ frappe.get_site_config() }}",
        "{{ frappe.get_attr('os.system')('id') }}",
        "{{ frappe.get_module('os').environ }}",
        "{{ frappe.call('frappe.get_site_config') }}",
        "{{ frappe.db.sql('select * from __Auth') }}",
        "{{ frappe.db.connection }}{{ frappe.db._connection }}",
        "{{ frappe.utils.frappe.conf }}",
        "{{ frappe.utils.os.environ }}{{ frappe.utils.sys.modules }}",
        "{{ frappe.get_doc('User', 'Administrator').meta.get_field.__globals__ }}",
        "{{ frappe.get_doc('User', 'Administrator').run_method('validate') }}",
        "{{ frappe.get_doc('User', 'Administrator').db_set('first_name', 'x') }}",
        "{% include '../../../site_config.json' %}",
        "{% include '/etc/passwd' %}",
        "{% include 'file:///etc/passwd' %}",
        "{% import 'os' as os %}{{ os.system }}",
        "{% extends 'http://127.0.0.1/x.html' %}",
    ],
)  # fmt: skip
def test_no_way_out_of_a_template(template):
    try:
        said = frappe.render_template(template)
    except Exception:  # refused, by whichever guard
        return
    assert not any(word in said for word in SECRETS), said
    assert str(frappe.conf.secret_key) not in said


def test_a_template_writes_nothing():
    frappe.get_doc({"doctype": "Role", "role_name": "Untouched"}).insert()
    for call in ("save()", "delete()", "db_set('desk_access', 0)", "insert()", "rename('Other')", "add_comment('x')"):
        with pytest.raises(Exception, match=r"(?i)unsafe|not.*safe|undefined|Jinja"):
            frappe.render_template("{{ frappe.get_doc('Role', 'Untouched')." + call + " }}")
    assert frappe.db.get_value("Role", "Untouched", "desk_access") == 1


def test_a_template_changes_no_hook_of_the_process():
    frappe.render_template("{% if frappe.get_hooks('doc_events').update({'User': {'on_update': ['x']}}) %}{% endif %}")
    frappe.render_template("{% if frappe.get_hooks().clear() %}{% endif %}")
    assert "x" not in str(frappe.get_hooks("doc_events").get("User"))
    assert frappe.get_hooks("doc_events")


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set l = [1] * 900000 %}{% for a in l %}{% for b in l %}{% endfor %}{% endfor %}",
        "{% for a in [[1] * 3000] * 3000 recursive %}{% for b in a %}{% endfor %}{% endfor %}",
        "{{ 'x' * 10000000000 }}",
        "{{ 10000000000 * 'x' }}",
        "{{ [1] * 10000000000 }}",
        "{{ 9 ** (9 ** 9) }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ '%*d' % (999999999, 1) }}",
        "{{ '%9999999999d'|format(1) }}",
        "{{ '{:>9999999999}'.format(1) }}",
        "{{ '{:>{}}'.format(1, 9999999999) }}",
        "{{ 'x'.ljust(9999999999) }}",
        "{{ 'x'|center(9999999999) }}",
        "{{ 'x\\n'|indent(9999999999) }}",
        "{{ [1]|batch(9999999999, 'x')|list }}",
        "{% set x = 'x' * 900000 %}{{ x.replace('x', x) }}",
        "{% set x = 'x' * 900000 %}{{ x|replace('x', x) }}",
        "{% set x = 'x' * 900000 %}{{ [1] * 900000|int }}{{ ([1] * 900000)|join(x) }}",
        "{% set n = namespace(x='x' * 1000) %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{% set n = namespace(x='x' * 1000) %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for i in range(99999) %}{{ frappe.render_template('{% for i in range(99999) %}{% endfor %}') }}{% endfor %}",
        "{{ range(999999999)|list }}",
        "{{ lipsum(n=99999) }}",
    ],
)  # fmt: skip
def test_a_template_comes_to_an_end(template):
    with pytest.raises(Exception) as refused:  # the kind differs: a budget, Python's own limit, an unknown name
        frappe.render_template(template)
    assert not isinstance(refused.value, MemoryError)


def test_usual_templates_are_not_hindered():
    template = (
        "{% set rows = [] %}{% for n in range(3) %}{% if rows.append(n * 2) %}{% endif %}{% endfor %}"
        "{% for n in rows %}{{ loop.index }}/{{ loop.length }}:{{ n }}{% if not loop.last %}, {% endif %}{% endfor %}"
        " {{ 'a' ~ 1 ~ none }} {{ '-' * 5 }} {{ '%05.2f' % 3.14159 }} {{ '{:,}'.format(270831000) }} {{ 2 ** 10 }}"
        " {{ ['x', 'y']|join('; ') }} {{ 'kín'|replace('k', 'K') }} {{ 'x'|center(3) }}|"
    )
    assert frappe.render_template(template) == (
        "1/3:0, 2/3:2, 3/3:4 a1None ----- 03.14 270,831,000 1024 x; y Kín  x |"
    )


def test_each_template_has_its_own_budget():
    template = "{% for n in range(99999) %}{% endfor %}done"
    for _time in range(60):
        said = frappe.render_template(template)
    assert said == "done"


@pytest.mark.parametrize(
    "expression",
    [
        "[x for x in ().__class__.__base__.__subclasses__()]",
        "getattr('', '__class__')",
        "eval('1')",
        "exec('1')",
        "compile('1', '', 'eval')",
        "globals()",
        "vars()",
        "type('')",
        "object()",
        "(lambda x: x.__globals__)(frappe.get_roles)",
        "frappe.get_roles.__globals__",
        "frappe.local.conf",
        "frappe.conf",
        "frappe.get_doc('User', 'Administrator')",
        "frappe.db.set_value('User', 'Administrator', 'enabled', 0)",
        "frappe.db.sql('select 1')",
        "datetime.datetime.__subclasses__()",
        "'{0.__class__}'.format('')",
        "'{0.__class__}'.format_map({})",
        "str.format('{0.__class__}', '')",
        "f'{().__class__}'",
        "(x for x in [1]).gi_frame.f_globals",
        "import os",
        "__import__('os').system('id')",
        "a = 1",
        "1; 2",
        "print(open('/etc/passwd').read())",
        "[].append.__self__",
    ],
)  # fmt: skip
def test_no_way_out_of_an_expression(expression):
    try:
        found = frappe.safe_eval(expression, get_safe_globals())
    except (AttributeError, NameError, SyntaxError, TypeError, KeyError):
        return
    assert found is None  # `frappe` is a dict there: what it does not have is nothing


@pytest.mark.parametrize(
    "expression",
    [
        "9 ** 9 ** 9",
        "'x' * 9999999999",
        "[0] * 9999999999",
        "sum(range(10 ** 12))",
        "list(range(10 ** 10))",
        "[y for x in range(99999) for y in range(99999)]",
        "len([1 for x in range(999999) for y in range(999999)])",
        "'%9999999999d' % 1",
        "'x'.ljust(9999999999)",
        "('x' * 900000).replace('x', 'x' * 900000)",
    ],
)  # fmt: skip
def test_an_expression_comes_to_an_end(expression):
    with pytest.raises(TooMuchWork):
        frappe.safe_eval(expression, get_safe_globals())


def test_a_width_in_an_expressions_text_is_refused():
    with pytest.raises(SyntaxError):
        frappe.safe_eval("f'{1:>9999999999}'")


def test_usual_expressions_are_not_hindered():
    doc = frappe._dict(total=1_200_000, office="LS", rows=[frappe._dict(amount=2), frappe._dict(amount=3)])
    for expression, value in (
        ("doc.total > 10 ** 6 and doc.office == 'LS'", True),
        ("sum([row.amount * 2 for row in doc.rows])", 10),
        ("'Chào ' + doc.office", "Chào LS"),
        ("'%s-%02d' % (doc.office, 7)", "LS-07"),
        ("doc.office.lower().replace('l', 'L')", "Ls"),
        ("[n for n in range(3)]", [0, 1, 2]),
        ("7 % 4 + 2 ** 3", 11),
        ("frappe.utils.cint('5') * 2", 10),
    ):
        assert frappe.safe_eval(expression, get_safe_globals(), {"doc": doc}) == value
