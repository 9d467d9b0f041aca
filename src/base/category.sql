-- The message categories.  The order is that of base/category.h.

CREATE TYPE wa_category AS ENUM ('marketing', 'utility', 'authentication', 'service');
COMMENT ON TYPE wa_category IS
'Category of a WhatsApp message: marketing, utility and authentication are templates; service is a free-form message inside the 24-hour window';

