// The four kinds of people of Northwind, in the notation of the CRM's portal API.

const read = (...names) => names.map((api_name) => ({ api_name, read_only: true }));
const write = (...names) => names.map((api_name) => ({ api_name, read_only: false }));
/** The name is shown although the record behind the look-up is not. */
const named = (...names) => names.map((api_name) => ({ api_name, read_only: true, names: true }));
const notes = { api_name: "Notes", shared_type: "private", permissions: { view: true }, filters: null, fields: null, layouts: null, views: null };

/** A module as a grant: through which look-ups its records are related, what may be done, which fields there are. */
const module = (api_name, through, permissions, fields) => ({
  api_name,
  shared_type: "private",
  permissions: { view: true, create: false, edit: false, edit_shared_records: false, delete: false, ...permissions },
  filters: through.length === 0 ? null : through.map((name) => ({ api_name: name })),
  fields,
  layouts: null,
  views: null,
});

const type = (name, people, ...modules) => ({ name, active: true, personality_module: { api_name: people }, modules: [...modules, notes] });

export function userTypes() {
  return [
    type(
      "Clients",
      "Contacts",
      module("Contacts", [], { edit: true, edit_shared_records: true }, [
        ...read("First_Name", "Last_Name", "Email", "Title"),
        ...write("Phone", "Mailing_Street", "Mailing_City", "Mailing_State", "Mailing_Code", "Mailing_Country"),
      ]),
      module("Sales_Orders", ["Contact_Name"], {},
        read("Subject", "Order_Number", "Order_Date", "Due_Date", "Shipped_Date", "Contact_Name", "Ship_Name", "Shipping_City")),
      module("Order_Lines", ["Sales_Order"], {},
        [...read("Line_Name", "Sales_Order", "Unit_Price", "Quantity", "Discount"), ...named("Product")]),
    ),
    type(
      "Suppliers",
      "Vendors",
      module("Vendors", [], {}, read("Vendor_Name", "Email", "Phone")),
      module("Products", ["Vendor_Name"], { edit_shared_records: true },
        [...read("Product_Name", "Vendor_Name", "Unit_Price"), ...write("unitsInStock")]),
      module("Order_Lines", ["Product"], {}, read("Line_Name", "Product", "Quantity")),
    ),
    type(
      "Carriers",
      "Carriers",
      module("Carriers", [], {}, read("Carrier_Name", "Email", "Phone")),
      module("Sales_Orders", ["Carrier"], {},
        read("Subject", "Carrier", "Due_Date", "Shipped_Date", "Ship_Name", "Shipping_Street", "Shipping_City", "Shipping_Code", "Shipping_Country")),
    ),
    type(
      "Staff",
      "Employees",
      module("Employees", [], {}, read("First_Name", "Last_Name", "Email", "Title", "Reports_To")),
      module("Sales_Orders", ["Employee"], {},
        read("Subject", "Employee", "Account_Name", "Order_Date", "Due_Date", "Shipped_Date", "freight")),
    ),
  ];
}
