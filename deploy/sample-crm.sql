CREATE TABLE customers (customer_id integer PRIMARY KEY, first_name text, last_name text, email text);
INSERT INTO customers VALUES (1, 'Bob', 'Smith', 'bob@example.com'), (2, 'Zoë', 'Müller', 'zoe@example.com');
