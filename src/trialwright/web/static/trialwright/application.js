// The pages work without this script; it makes them quicker and saves what was typed.
"use strict";
