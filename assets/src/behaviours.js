// The behaviours of Tabler (Bootstrap) that pages may use with data-bs-toggle; each registers itself on import.
import "@tabler/core/js/src/bootstrap/collapse";
import "@tabler/core/js/src/bootstrap/dropdown";
import "@tabler/core/js/src/bootstrap/modal";
import "@tabler/core/js/src/bootstrap/tab";
import "@tabler/core/js/src/bootstrap/tooltip";
