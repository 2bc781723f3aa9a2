import datetime, json, os, itertools
import frappe
from model_doctypes import CITY, LINE, ORDER, REGION, SETTINGS, city, make, order
from test_model_documents import ModelCase

def cases():
    values = {
      "title": ["One", "one", "", None, "O%", "%t%", "T_o", ["One","Two"], [], ["", "One"], [None,"One"], "One,Two", 5, "Ồ", "a\\b", "it's", "100%"],
      "city": ["Huế","HUẾ","hue", "", None, ["Huế",""], ["Huế"], [None], "H%"],
      "kind": ["Small","", None, ["Small"]],
      "total": [100, "100", 0, "", None, 100.5, "x", [100,200], ["100"], [0], [None]],
      "people_weight": [],
      "weight": [0, None, "", 1.5],
      "is_urgent": [1, 0, "1", None, "", True, False, [0,1]],
      "ordered_on": ["2024-02-01", datetime.date(2024,1,1), "", None, ["2024-01-01","2024-01-31"], ["2024-01-01"], "01-02-2024", datetime.datetime(2024,1,1,5)],
      "sent_at": ["2024-03-01 23:30:00", "2024-03-01", datetime.datetime(2024,3,1,23,30), "", None, ["2024-03-01","2024-03-01"], ["2024-03-01 10:00:00","2024-03-01 12:00:00"], datetime.date(2024,3,1)],
      "at_time": ["08:00:00", "8:00", "", None, datetime.timedelta(hours=8)],
      "note": ["x", "", None, ["x",""]],
      "docstatus": [0, 1, "0", None, "", [0,1]],
      "code": ["a", "A", "", None, ["a"]],
      "name": ["", None, [], ["nope"]],
      "creation": ["2020-01-01", None, ["2020-01-01","2100-01-01"]],
      "owner": ["Administrator", None],
      "amended_from": [None, ""],
    }
    ops = ["=", "!=", ">", "<", ">=", "<=", "like", "not like", "in", "not in", "is", "between"]
    out = [{'filters': {'city':('is','set')}, 'order_by':'title'}, {'filters': {'city':('is','set')}, 'order_by':'KEEP_DEFAULT_ORDERING'},{'filters': {'total':('>',0)}, 'order_by':'kind, title asc'}]
    for field, vals in values.items():
        for op in ops:
            for v in (["set","not set"] if op == "is" else vals):
                out.append({"filters": [[field, op, v]]})
        for v in vals:
            out.append({"filters": {field: v}})
    for extra in (
        {"filters": [[LINE,"item","=","x"]]}, {"filters": [[LINE,"item","=",""]]}, {"filters": [[LINE,"item","is","not set"]]},
        {"filters": [[LINE,"item","is","set"]]}, {"filters": [[LINE,"item","!=","x"]]}, {"filters":[[LINE,"qty",">",0]]},
        {"filters": [[LINE,"item","like","%x%"],[LINE,"qty","=",1]]}, {"filters": {"item":"x"}}, {"filters": [["item","=","x"]]},
        {"filters": [[LINE,"item","=","x"]], "distinct":1}, {"filters":[[LINE,"city","is","not set"]]},
        {"filters": "One"}, {"filters": ["title","=","One"]}, {"filters": [["title","=","One"],["total",">",0]]},
        {"filters": {"title":"One"}, "or_filters": {"title":"Two"}}, {"or_filters": {"title":"Two","code":"a"}},
        {"or_filters": [["title","=","Two"],["total",">",250]]}, {"or_filters":[["city","is","not set"],["title","=","One"]]},
        {"filters": [["city.people",">",5]]}, {"filters": {"city.people": (">",15)}}, {"filters":[["nope","=","1"]]},
        {"filters": [["title","nope","1"]]}, {"filters": {"title":("IN",["One"])}}, {"filters": [["total","between",[50,150]]]},
        {"filters": {"title": ("like","%one%")}}, {"filters": [["title","=","One",""]]},
        {"filters": {"ordered_on": ("timespan","last year")}}, {"filters": {"creation":("timespan","today")}},
        {"filters": {"creation":("previous","1 week")}}, {"filters": {"creation":("next","1 month")}},
        {"filters": {"creation":("timespan","this week")}}, {"filters": {"creation":("timespan","nonsense")}},
        {"order_by":"title"}, {"order_by":"title desc"}, {"order_by":"total desc, title"}, {"order_by":"city, title"}, {"order_by":"city desc, title"},
        {"order_by":"`tabCtr Order`.`total` asc"}, {"order_by":"ordered_on asc, title"}, {"order_by": "nope"}, {"order_by":"total; drop"},
        {"order_by":"title","limit":2}, {"order_by":"title","limit":2,"start":1},{"order_by":"title","limit_page_length":2,"limit_start":2},
        {"order_by":"title","page_length":1}, {"order_by":"title","limit":0},{"order_by":"title","limit":"2"}, {"order_by":"title","limit_start":2},
        {"fields":["kind","count(name) as n"],"group_by":"kind","order_by":"kind"},
        {"fields":["city","sum(total) as s"],"group_by":"city","order_by":"city"},
        {"fields":["city","count(*) as n"],"group_by":"city","order_by":"n desc, city"},
        {"fields":["distinct kind"]}, {"fields":["kind"],"distinct":True}, {"fields":["max(ordered_on) as m","min(total) as t","avg(total) as a"]},
        {"fields":["title","city.people"],"order_by":"title"}, {"fields":["title","city.country as c"],"order_by":"title"},
        {"fields":["title","lines.item"],"order_by":"title, item"}, {"fields":["title","`tabCtr Order Line`.qty"],"order_by":"title, qty"},
        {"fields":["title","at_time","ordered_on","sent_at","total","weight","is_urgent","city","note","kind"],"order_by":"title"},
        {"fields":["title as 'x y'"],"order_by":"title"}, {"fields":["sum(is_urgent) as n"]}, {"fields":["count(distinct city) as n"]},
        {"fields":"title","order_by":"title"}, {"fields":["title","total"],"as_list":True,"order_by":"title"}, {"pluck":"total","order_by":"title"},
        {"fields":["ifnull(city,'-') as c"],"order_by":"title"}, {"fields":["title"],"order_by":"lower(title)"}, {"fields":["year(ordered_on) as y"],"order_by":"title"},
        {"fields":["month(ordered_on) as y","date(sent_at) as d"],"order_by":"title"}, {"fields":["group_concat(title) as g"]},
        {"fields":["nope"]}, {"fields":["length(title) as n","upper(title) as u"],"order_by":"title"}, {"fields":["round(total/3, 2) as n"],"order_by":"title"},
        {"fields":["timestamp(ordered_on) as n"],"order_by":"title"},{"fields":["concat(title, kind) as n"],"order_by":"title"},
        {"fields":["coalesce(note,'none') as n"],"order_by":"title"},{"fields":["datediff(sent_at, ordered_on) as n"],"order_by":"title"},
        {"fields":["date_format(ordered_on, '%Y-%m') as n"],"order_by":"title"},{"fields":["extract(year from ordered_on) as n"],"order_by":"title"},
    ):
        out.append(extra)
    return out

def VALUES(kw):
    f = kw.get("filters")
    if set(kw) - {"filters", "pluck", "order_by"} or f is None: return None
    return [list(r) for r in frappe.db.get_values(ORDER, f, "title", order_by=kw.get("order_by","total asc"))]

def run(case):
    kw = dict(case)
    if not {"fields","pluck"} & set(kw):
        kw["pluck"] = "title"
    kw.setdefault("order_by", "total asc" if "fields" not in kw else None)
    if kw["order_by"] is None: kw.pop("order_by")
    frappe.db.savepoint("probe")
    try:
        got = VALUES(kw)
    except Exception as e:
        got = "!" + type(e).__name__
    frappe.db.rollback(save_point="probe")
    return got

class TestProbe(ModelCase):
    def test_it(self):
        city("Huế", people=10, founded="1687-01-01")
        city("Vinh", people=20)
        order(title="One", city="Huế", total=100, ordered_on="2024-01-01", code="a", weight=1.5, at_time="08:00:00", lines=[{"item":"x","qty":1}]).insert()
        order(title="Two", city="Vinh", total=200, ordered_on="2024-02-01", is_urgent=1, note="x").insert()
        order(title="Three", total=300, sent_at="2024-03-01 23:30:00", lines=[{"item":"y"},{"item":"x"}]).insert()
        d = order(title="it's 100% a\\b", total=400, city="", note="", sent_at="2024-03-01 11:00:00").insert()
        frappe.db.sql(f"update `tab{ORDER}` set city=NULL, note=NULL where title='Three'")
        frappe.db.sql(f"update `tab{ORDER}` set city='', note='' where name=%s", d.name)
        out = []
        for c in cases():
            if c.get("filters", {}) and "name" == (c["filters"][0][0] if isinstance(c["filters"], list) and isinstance(c["filters"][0], list) else ""):
                pass
            out.append([c, run(c)])
        frappe.clear_messages()
        with open(os.environ["PROBE_OUT"], "w") as f:
            for c, r in out:
                f.write(json.dumps([c, r], default=str, ensure_ascii=False, sort_keys=True) + "\n")
