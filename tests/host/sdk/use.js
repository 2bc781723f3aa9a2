// What people do with frappe-js-sdk, against the server at argv[2]; prints {step: {ok: value} | {error: {...}}} as JSON.

import { FrappeApp } from "frappe-js-sdk";

const [, , url, user, password, token] = process.argv;
const NOTE = "Rest Note", ORDER = "Rest Order", SETTING = "Rest Setting";
const results = {};

// A browser keeps cookies by itself; in Node this is done here, around the SDK.
function keepCookies(app) {
  const jar = new Map();
  app.axios.interceptors.request.use((config) => {
    if (jar.size) config.headers.Cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    return config;
  });
  app.axios.interceptors.response.use((response) => {
    for (const line of response.headers["set-cookie"] ?? []) {
      const [pair, ...attributes] = line.split(";");
      const name = pair.slice(0, pair.indexOf("=")).trim();
      const expires = attributes.map((one) => one.trim()).find((one) => /^expires=/i.test(one));
      if (expires && new Date(expires.slice(8)) < new Date()) jar.delete(name);
      else jar.set(name, pair.slice(pair.indexOf("=") + 1));
    }
    return response;
  });
  return jar;
}

async function step(name, action) {
  try {
    results[name] = { ok: (await action()) ?? null };
  } catch (error) {
    const { httpStatus, exc_type, exception, message } = error;
    results[name] = httpStatus ? { error: { httpStatus, exc_type, exception, message } } : { failed: String(error.stack ?? error.message) };
  }
  return results[name].ok;
}

const app = new FrappeApp(url);
const jar = keepCookies(app);
const auth = app.auth(), db = app.db(), call = app.call(), file = app.file();

await step("visitor", () => auth.getLoggedInUser());
await step("wrong password", () => auth.loginWithUsernamePassword({ username: user, password: "wrong" }));
await step("login", () => auth.loginWithUsernamePassword({ username: user, password }));
await step("cookies", () => Object.fromEntries(["user_id", "full_name", "system_user"].map((name) => [name, jar.get(name)])));
await step("logged in user", () => auth.getLoggedInUser());

await step("getDocList", () => db.getDocList(NOTE, { orderBy: { field: "name" } }));
await step("fields", () => db.getDocList(NOTE, { fields: ["name", "amount"], filters: [["amount", ">", 1000]], orderBy: { field: "amount", order: "desc" } }));
await step("orFilters", () => db.getDocList(NOTE, { orFilters: [["name", "=", "N1"], ["kind", "=", "Long"]], orderBy: { field: "name", order: "asc" } }));
await step("page", () => db.getDocList(NOTE, { limit: 1, limit_start: 1, orderBy: { field: "name", order: "asc" } }));
await step("asDict", () => db.getDocList(NOTE, { fields: ["name", "kind"], asDict: false, orderBy: { field: "name", order: "asc" } }));
await step("groupBy", () => db.getDocList(NOTE, { fields: ["kind", "count(name) as n"], groupBy: "kind", orderBy: { field: "kind", order: "asc" } }));
await step("no filters", () => db.getDocList(NOTE).then((rows) => rows.length));
await step("getCount", () => db.getCount(NOTE, [["kind", "=", "Short"]]));
await step("getLastDoc", () => db.getLastDoc(NOTE).then((doc) => doc.name));
await step("getDoc", () => db.getDoc(NOTE, "N1"));
await step("getDoc missing", () => db.getDoc(NOTE, "nothing"));
await step("getValue", () => db.getValue(NOTE, "amount", [["name", "=", "N2"]]));
await step("getValue of several", () => db.getValue(NOTE, ["amount", "kind"], [["name", "=", "N2"]]));
await step("getSingleValue", () => db.getSingleValue(SETTING, "greeting"));

const name = "Giấy số 1/2 & 100%";
await step("createDoc", () => db.createDoc(NOTE, { title: name, amount: 5 }));
await step("getDoc by a hard name", () => db.getDoc(NOTE, name).then((doc) => doc.amount));
await step("updateDoc", () => db.updateDoc(NOTE, name, { amount: 6 }).then((doc) => doc.amount));
await step("setValue", () => db.setValue(NOTE, name, "amount", 7).then((answer) => answer.message?.amount ?? answer.amount));
await step("createDoc twice", () => db.createDoc(NOTE, { title: name }));
await step("createDoc without title", () => db.createDoc(NOTE, { amount: 1 }));
await step("updateDoc stale", () => db.updateDoc(NOTE, name, { amount: 8, modified: "2001-01-01 00:00:00.000000" }));
await step("renameDoc", () => db.renameDoc(NOTE, name, "Giấy mới"));
await step("deleteDoc", () => db.deleteDoc(NOTE, "Giấy mới"));
await step("deleteDoc missing", () => db.deleteDoc(NOTE, "Giấy mới"));

const order = await step("createDoc with rows", () => db.createDoc(ORDER, { note: "N1", rows: [{ item: "bút", quantity: 2 }] }));
await step("submit", () => db.submit(order).then((answer) => (answer.message ?? answer).docstatus));
await step("cancel", () => db.cancel(ORDER, order.name).then((answer) => (answer.message ?? answer).docstatus));

await step("call.get", () => call.get("frappe.client.get_count", { doctype: NOTE, filters: { kind: "Short" } }));
await step("call.post", () => call.post("frappe.client.set_value", { doctype: NOTE, name: "N3", fieldname: "amount", value: 9 }).then((answer) => answer.message.amount));
await step("call.put", () => call.put("frappe.client.set_value", { doctype: NOTE, name: "N3", fieldname: "amount", value: 10 }).then((answer) => answer.message.amount));
await step("call.delete", () => call.delete("frappe.client.delete", { doctype: NOTE, name: "N2" }));
await step("call of nothing", () => call.get("frappe.no_such.method"));
await step("call not allowed", () => call.get("frappe.client.insert", { doc: { doctype: NOTE, title: "By GET" } }));

const progress = [];
const content = "chào ".repeat(20000);
const picked = new File([content], "chào.txt", { type: "text/plain" });
const uploaded = await step("uploadFile", () =>
  file
    .uploadFile(picked, { isPrivate: true, folder: "Home", doctype: NOTE, docname: "N1" }, (sent, total) => progress.push([sent, total]))
    .then((response) => response.data.message));
await step("progress", () => progress.length > 0 && progress.at(-1)[0] === progress.at(-1)[1] && progress.at(-1)[0] > 100000);
await step("read the file", () => app.axios.get(uploaded.file_url, { responseType: "text" }).then((response) => response.data === content));

await step("logout", () => auth.logout());
await step("after logout", () => auth.getLoggedInUser());

const keyed = new FrappeApp(url, { useToken: true, token: () => token, type: "token" });
await step("token", () => keyed.auth().getLoggedInUser());
await step("token creates", () => keyed.db().createDoc(NOTE, { title: "By token" }).then((doc) => doc.owner));
await step("token uploads", () => keyed.file().uploadFile(new File(["x"], "x.txt"), { isPrivate: true }).then((response) => response.data.message.is_private));
await step("wrong token", () => new FrappeApp(url, { useToken: true, token: () => "no:no", type: "token" }).auth().getLoggedInUser());
await step("nobody there", () => new FrappeApp("http://127.0.0.1:1").auth().getLoggedInUser().catch((error) => error.httpStatus));

console.log(JSON.stringify(results));
