CREATE TABLE orders (number varchar(20) PRIMARY KEY, customer_id integer, state varchar(20));
INSERT INTO orders VALUES ('A-1', 1, 'sent'), ('A-2', 1, 'open'), ('A-3', 2, 'open');
