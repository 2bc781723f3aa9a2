// Where a bench's desk asks for the data of the chart "Outreach by Channel".
frappe.provide("frappe.dashboards.chart_sources");
frappe.dashboards.chart_sources["Outreach by Channel"] = {
    method: "ansinh_app.outreach.dashboard_chart_source.outreach_by_channel.outreach_by_channel.get",
    filters: [],
};
