import sys, collections, re, json
sys.path.insert(0,"/work/main/tests/host")
import test_parsers as tp
from test_parsers import *
seen=collections.OrderedDict()
import benchless.rest.views as v
def allowed(answer):
    if answer.status_code>=500:
        pass
tp.allowed=allowed
import logging, traceback
def test_collect(reader, monkeypatch):
    import frappe
    orig=traceback.print_exc
    import benchless.rest.responses as r
    got=[]
    class H(logging.Handler):
        def emit(self, rec): pass
    import sys as _s
    real=tp.Http.request
    import io
    def collecting(self,*a,**k):
        ans=real(self,*a,**k)
        if ans.status_code>=500:
            try: exc=ans.json.get("exc") or ""
            except Exception: exc=ans.text
            key=ans.text[:80]
            tb=logged[-1] if logged else ""
            frames=re.findall(r'File "[^"]*/benchless/([^"]+)", line (\d+), in (\w+)',tb)
            last=tb.strip().splitlines()[-1][:100] if tb else key
            k2=(tuple(frames[-2:]),last.split(":")[0])
            seen.setdefault(k2,(a[:2],str(k)[:300],last))
        return ans
    logged=[]
    import builtins
    import frappe.utils
    monkeypatch.setattr(tp.Http,"request",collecting)
    class L(logging.Handler):
        def emit(self, rec):
            if rec.exc_info:
                e=rec.exc_info if isinstance(rec.exc_info,tuple) else (type(rec.exc_info),rec.exc_info,rec.exc_info.__traceback__)
                logged.append("".join(traceback.format_exception(*e)))
    logging.getLogger("django.request").addHandler(L())
    import benchless.rest.views
    for f in (tp.test_questions_of_all_kinds,tp.test_documents_of_all_kinds,tp.test_bodies_of_all_kinds):
        try: f(reader)
        except BaseException as e: print("ended",f.__name__,repr(e)[:300])
    for k,vv in seen.items(): print("@@",k,"\n@@    ",vv)
