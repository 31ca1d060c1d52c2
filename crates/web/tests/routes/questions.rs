//! What is asked of an address: queries and bodies that name what is seen, what is hidden, and what nobody knows.

use serde_json::{Value, json};

use crate::answer::Content;
use crate::places::{Places, UNKNOWN};

/// A hidden field, one more, one that only one of the two has, and one that neither has.
const FIELDS: [&str; 4] = ["Description", "Qty_in_Stock", "Margin", "Nothing"];

/// An order that Maria sees, one that nobody sees, a stranger, and nobody's id.
fn ids(places: &Places) -> [String; 4] {
    let orders = places.records("Sales_Orders");
    let peter = places.records("Contacts")[1].clone();
    [orders[0].clone(), orders[7].clone(), peter, UNKNOWN.to_owned()]
}

/// The queries of pages.
pub fn of_people(places: &Places) -> Vec<String> {
    let mut all = [
        "",
        "q=quokka",
        "q=whispered",
        "q=Lantern",
        "q=hidden-1",
        "sort=Grand_Total",
        "sort=-Unit_Price",
        "per=100&sort=Subject",
        "field=Grand_Total",
        "field=Contact_Name",
        "field=Account_Name",
        "field=Watchers&op=has&value=1",
        "f=Reference~starts~hidden",
        "f=Vendor_Name~empty",
        "with=1",
    ]
    .map(str::to_owned)
    .to_vec();
    for field in FIELDS {
        all.extend([
            format!("sort={field}"),
            format!("f={field}~has~whispered"),
            format!("f={field}~gt~10"),
            format!("field={field}&op=gt&value=10"),
        ]);
    }
    for id in ids(places) {
        all.extend([
            format!("f=Contact_Name~is~{id}"),
            format!("f=Watchers~has~{id}"),
            format!("f=Account_Name~is~{id}"),
            format!("Product_Name={id}&Contact_Name={id}&Watchers={id}&Description={id}"),
        ]);
    }
    all
}

/// The queries of programs.
pub fn of_programs(places: &Places) -> Vec<String> {
    let mut all = [
        "fields=id",
        "",
        "fields=Subject,Status,Contact_Name,Account_Name",
        "fields=Subject,Related_To,Watchers,Reference",
        "fields=Product_Name,Vendor_Name",
        "fields=Note_Title,Note_Content,Parent_Id",
        "fields=id,$is_shared_to_client",
        "fields=File_Name,$file_id,Size,Parent_Id",
        "fields=id&page=2&per_page=2",
        "fields=id&per_page=2",
        "fields=id&sort_by=Grand_Total&sort_order=asc",
        "word=quokka",
        "word=whispered",
        "word=Lantern",
        "email=peter@example.com",
        "email=maria@example.com",
        "phone=030-1234",
        "criteria=(Subject:starts_with:Order)",
        "criteria=(Subject:starts_with:Lantern)",
        "criteria=(Reference:starts_with:hidden)",
        "module=Sales_Orders",
        "module=Deals",
        "module=Plans",
        "module=Nothings",
        "type=AllUsers",
        "type=CurrentUser",
        "include=all&job_id=1",
    ]
    .map(str::to_owned)
    .to_vec();
    for field in FIELDS {
        all.extend([
            format!("fields=id,{field}"),
            format!("fields=id&sort_by={field}"),
            format!("criteria=({field}:greater_than:10)"),
            format!("criteria=({field}:starts_with:whispered)"),
        ]);
    }
    let (mine, case) = (&ids(places)[0], &places.records("Cases")[0]);
    all.push(format!("fields=id&ids={case}"));
    let attached = &places.records("Attachments")[0];
    all.push(format!("attachmentUrl=https://example.com/quokka&title=A+quokka&ids={attached}"));
    // Shown, internal, and another customer's.
    all.extend(places.all("file").iter().map(|id| format!("id={id}&fields_attachment_id={id}")));
    for id in ids(places) {
        all.extend([
            format!("fields=id&ids={id}"),
            format!("fields=id&ids={mine},{id}"),
            format!("criteria=(Contact_Name:equals:{id})"),
            format!("criteria=(Account_Name:equals:{id})"),
            format!("criteria=(Parent_Id:equals:{id})"),
            format!("personality_ids={id}&transfer_To=1&ids={id}"),
        ]);
    }
    all
}

/// Forms as a browser sends them, and as somebody else would.
pub fn forms(places: &Places) -> Vec<Content> {
    let peter = &places.records("Contacts")[1];
    let product = &places.records("Products")[0];
    let mut all = vec![
        String::new(),
        "Phone=030-1&Mailing_City=Bern".to_owned(),
        "Subject=Bitten&Priority=Low".to_owned(),
        format!("Subject=Bitten+again&Product_Name={product}&Watchers={peter}"),
        format!("Subject=For+a+stranger&Related_To={peter}"),
        "Subject=Taken&Reference=hidden-1".to_owned(),
        format!("Note_Content=Noted&Parent_Id={peter}"),
        format!("Note_Content=Noted&Parent_Id={}", places.records("Cases")[0]),
        "Subject=Mine&Reference=case-0".to_owned(),
        "Status=Approved&Due_Date=2026-12-24".to_owned(),
        "email=peter%40example.com&password=wrong".to_owned(),
        "email=ghost%40example.com&password=wrong".to_owned(),
        "email=nobody%40example.com&password=wrong".to_owned(),
        "password=seven-lanterns-by-the-river".to_owned(),
        "old=wrong&new=seven-lanterns-by-the-river".to_owned(),
        "text=tests%3A+%5B%5D&seen=0&despite=1".to_owned(),
    ];
    for field in ["Description", "Margin", "Nothing", "Owner", "Created_By", "id", "deleted_time"] {
        all.push(format!("Subject=Formed&Phone=1&{field}=1"));
    }
    all.into_iter().map(Content::Form).collect()
}

/// Bodies as programs send them, and as somebody else would.
pub fn documents(places: &Places) -> Vec<Content> {
    let (orders, cases) = (places.records("Sales_Orders"), places.records("Cases"));
    let (peter, hidden) = (&places.records("Contacts")[1], cases.last().unwrap());
    let mut items = vec![
        json!({"Phone": "030-2", "Mailing_City": "Bern"}),
        json!({"Subject": "Bitten", "Priority": "Low"}),
        json!({"id": cases[0], "Subject": "Bitten twice"}),
        json!({"id": hidden, "Subject": "Not mine"}),
        json!({"id": UNKNOWN, "Subject": "Nobody's"}),
        json!({"id": orders[7], "Status": "Approved"}),
        json!({"Subject": "Watched", "Watchers": [peter]}),
        json!({"Subject": "For a stranger", "Related_To": peter}),
        json!({"Subject": "Taken", "Reference": "hidden-1"}),
        json!({"Note_Content": "Noted", "Parent_Id": cases[0], "$is_shared_to_client": false}),
        json!({"Note_Content": "Noted", "Parent_Id": {"module": {"api_name": "Cases"}, "id": hidden}}),
        json!({"Note_Content": "Noted", "Parent_Id": {"id": UNKNOWN}}),
        json!({"Subject": "Mine", "Reference": "case-1"}),
        json!({"Status": "Approved", "Due_Date": "2026-12-24"}),
        json!({"Plan_Name": "A plan", "Deal_Name": "A deal"}),
    ];
    for field in ["Description", "Margin", "Nothing", "Owner", "Created_By", "deleted_time"] {
        items.push(json!({"id": cases[1], "Subject": "Formed", field: "1"}));
    }
    let batch = json!({ "data": items });
    let mut all: Vec<Value> = items.into_iter().map(|item| json!({ "data": [item] })).collect();
    all.extend([
        batch,
        json!({}),
        json!({"data": []}),
        json!({"portal_invite": [{"data": [{"id": peter}]}]}),
    ]);
    all.into_iter().map(|body| Content::Json(body.to_string())).collect()
}

/// Queries in COQL.
pub fn selections(places: &Places) -> Vec<Content> {
    let mut queries = vec![
        "select Subject, Contact_Name, Account_Name from Sales_Orders".to_owned(),
        "select Contact_Name.Last_Name, Contact_Name.Account_Name.Phone, COUNT(id) from Sales_Orders group by Contact_Name.Last_Name, \
         Contact_Name.Account_Name.Phone"
            .to_owned(),
        "select Contact_Name, COUNT(*) as n from Cases group by Contact_Name order by COUNT(*) desc".to_owned(),
        "select Related_To, Reference, Vendor_Name.Vendor_Name from Cases".to_owned(),
        "select COUNT(*) from Cases".to_owned(),
        "select Note_Content, Parent_Id from Notes".to_owned(),
        "select Parent_Id, COUNT(id) from Notes group by Parent_Id".to_owned(),
    ];
    for field in FIELDS {
        for module in ["Sales_Orders", "Cases", "Products"] {
            queries.extend([
                format!("select {field} from {module}"),
                format!("select id from {module} where {field} > 10 order by {field}"),
                format!("select SUM({field}), MAX({field}), COUNT({field}) from {module}"),
                format!("select {field}, COUNT(id) from {module} group by {field}"),
                format!("select id from {module} where Product_Name.{field} is not null"),
            ]);
        }
    }
    for id in ids(places) {
        queries.push(format!(
            "select id from Sales_Orders where Contact_Name = '{id}' or Account_Name.id = '{id}' or id = '{id}'"
        ));
    }
    let body = |query: String| Content::Json(json!({ "select_query": query }).to_string());
    queries.into_iter().map(body).collect()
}

/// Lists of records that refer to one, of which it is asked how many there are.
pub fn counts(places: &Places) -> Vec<Content> {
    let order = &ids(places)[1];
    let named = |name: &str| json!({"related_list": {"api_name": name}});
    let with = |name: &str, field: &str, value: &str| {
        let filters = json!({"field": {"api_name": field}, "comparator": "equal", "value": value});
        json!({"related_list": {"api_name": name}, "params": {"filters": filters}})
    };
    let all = vec![
        json!([named("Cases"), named("Notes"), named("Attachments"), named("Order_Lines")]),
        json!([
            named("Cases_Related_To"),
            named("Cases_Watchers"),
            named("Sales_Orders"),
            named("Nothings"),
            named("Products")
        ]),
        json!([
            with("Notes", "Note_Title", "quokka"),
            with("Sales_Orders", "Description", "whispered")
        ]),
        json!([
            with("Order_Lines", "Sales_Order", order),
            with("Cases_Related_To", "Priority", "Low")
        ]),
        json!([{"related_list": {"id": UNKNOWN}}, {}]),
    ];
    all.into_iter()
        .map(|lists| Content::Json(json!({ "get_related_records_count": lists }).to_string()))
        .collect()
}

/// Several calls in one, which name what others were answered with.
pub fn compositions(places: &Places) -> Vec<Content> {
    let one = |method: &str, uri: String| json!({"method": method, "uri": format!("/crm/v8/{uri}")});
    let named = |id: &str, uri: String| json!({"sub_request_id": id, "method": "GET", "uri": format!("/crm/v8/{uri}")});
    let asks = |query: String| json!({"method": "POST", "uri": "/crm/v8/coql", "body": {"select_query": query}});
    let case = &places.records("Cases")[0];
    let orders = || named("orders", "Sales_Orders?fields=id,Subject".to_owned());
    let mut all = vec![
        json!([
            one("GET", "Cases?fields=Subject".into()),
            asks("select COUNT(*) from Cases".into()),
            one("GET", "Cases/actions/count".into())
        ]),
        json!([
            one("GET", "Sales_Orders/@{orders:$.data[0].id}".into()),
            orders(),
            one("GET", "settings/modules".into())
        ]),
        json!([
            orders(),
            one("GET", "Sales_Orders/search?word=@{orders:$.data[0].Description}".into())
        ]),
        json!([
            one("GET", "users?type=AllUsers".into()),
            one("GET", "settings/portals".into()),
            one("GET", "nothing/at/all".into())
        ]),
        json!([one("GET", "Sales_Orders/@{nobody:$.data[0].id}".into())]),
        json!([one("POST", "__composite_requests".into())]),
        json!([]),
    ];
    for id in ids(places) {
        let order = named("order", format!("Sales_Orders/{id}"));
        let change = |value: &str| json!({"method": "PUT", "uri": format!("/crm/v8/Cases/{case}"), "body": {"data": [{"Subject": value}]}});
        all.extend([
            json!([
                order,
                change("@{order:$.data[0].Subject}"),
                one("GET", format!("Cases/{case}?fields=Subject"))
            ]),
            json!([
                order,
                change("Of @{order:$.data[0].Contact_Name.name}"),
                change("@{order:$.data[0].Description}")
            ]),
            json!([{"method": "GET", "uri": "/crm/v8/Sales_Orders", "params": {"fields": "id", "ids": id}},
                   {"method": "PUT", "uri": format!("/crm/v8/Cases/{id}"), "body": {"data": [{"Subject": "Bitten"}]}}]),
        ]);
    }
    for field in FIELDS {
        let list = named("list", format!("Sales_Orders?fields=id,{field}"));
        all.push(json!([
            list,
            asks(format!("select id from Sales_Orders where {field} = '@{{list:$.data[0].{field}}}'"))
        ]));
    }
    let body = |requests: Value| Content::Json(json!({ "__composite_requests": requests }).to_string());
    all.into_iter().map(body).collect()
}
