/* A tree: branches come when they are opened; the keys of the ARIA tree pattern; rename and move in a dialog. */
(function () {
    "use strict";
    const { $, $$ } = window.desk;

    async function open(node, page) {
        if (!node.hasAttribute("aria-expanded")) return;
        node.setAttribute("aria-expanded", "true");
        if ($(":scope > ul", node)) return;
        const group = document.createElement("ul");
        group.setAttribute("role", "group");
        node.setAttribute("aria-busy", "true");
        const response = await fetch(page.dataset.nodes + "?" + new URLSearchParams({ parent: node.dataset.name }));
        node.removeAttribute("aria-busy");
        if (!response.ok) return node.setAttribute("aria-expanded", "false");
        group.innerHTML = await response.text();
        if (group.children.length) node.append(group);
    }
    function shut(node) {
        if (node.hasAttribute("aria-expanded")) node.setAttribute("aria-expanded", "false");
    }
    function visible(tree) {
        return $$("[role=treeitem]", tree).filter((node) => !node.parentElement.closest("[role=treeitem][aria-expanded=false]"));
    }
    function focus(tree, node) {
        if (!node) return;
        $$("[role=treeitem][tabindex='0']", tree).forEach((other) => { other.tabIndex = -1; });
        node.tabIndex = 0;
        node.focus();
    }

    document.addEventListener("DOMContentLoaded", () => {
        const page = $(".d-tree-page"), tree = $(".d-tree");
        if (!tree) return;
        const dialog = $("#d-tree-dialog");
        ($("[aria-selected=true]", tree) || $("[role=treeitem]", tree)).tabIndex = 0;

        tree.addEventListener("click", (event) => {
            const node = event.target.closest("[role=treeitem]");
            if (event.target.closest(".d-node-toggle")) {
                event.preventDefault();
                if (node.getAttribute("aria-expanded") === "true") shut(node);
                else open(node, page);
                focus(tree, node);
            } else if (event.target.closest(".d-node-edit")) {
                $("#d-tree-title", dialog).textContent = node.dataset.title;
                $("[name=name]", dialog).value = node.dataset.name;
                const name = $("[name=new_name]", dialog);
                if (name) name.value = node.dataset.name;
                dialog.showModal();
            }
        });
        tree.addEventListener("keydown", async (event) => {
            const node = event.target.closest("[role=treeitem]");
            if (!node || event.ctrlKey || event.altKey || event.metaKey) return;
            const all = visible(tree), at = all.indexOf(node), expanded = node.getAttribute("aria-expanded");
            const keys = {
                ArrowDown: () => focus(tree, all[at + 1]),
                ArrowUp: () => focus(tree, all[at - 1]),
                Home: () => focus(tree, all[0]),
                End: () => focus(tree, all[all.length - 1]),
                ArrowRight: async () => { if (expanded === "true") focus(tree, $("[role=treeitem]", node)); else await open(node, page); },
                ArrowLeft: () => { if (expanded === "true") shut(node); else focus(tree, node.parentElement.closest("[role=treeitem]")); },
                Enter: () => $(".d-node-title", node).click(),
                "+": () => { const add = $("[data-add-below]", node); if (add) add.click(); },
            };
            if (!keys[event.key] || (event.key === "Enter" && event.target !== node)) return;
            event.preventDefault();
            event.stopPropagation();
            await keys[event.key]();
        });
    });
})();
