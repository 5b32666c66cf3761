<?php
/*
 * A Live Lookup as it is commonly written in PHP, and as HelpSpot's sample for MySQL is: it connects, asks and closes
 * for each request. What it needs is set by the web server: DATABASE_HOST, _PORT, _USER, _PASSWORD, _NAME, and for TLS
 * DATABASE_CA.
 */
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
try {
    $database = mysqli_init();
    $flags = 0;
    if (($_SERVER['DATABASE_CA'] ?? '') !== '') {
        $database->ssl_set(null, null, $_SERVER['DATABASE_CA'], null, null);
        $database->options(MYSQLI_OPT_SSL_VERIFY_SERVER_CERT, true);
        $flags = MYSQLI_CLIENT_SSL;
    }
    $database->real_connect(
        $_SERVER['DATABASE_HOST'],
        $_SERVER['DATABASE_USER'],
        $_SERVER['DATABASE_PASSWORD'],
        $_SERVER['DATABASE_NAME'],
        (int) $_SERVER['DATABASE_PORT'],
        null,
        $flags
    );
    $database->set_charset('utf8mb4');
    $email = $database->real_escape_string($_GET['email'] ?? '');
    $found = $database->query("SELECT id, firstname, lastname, email, phone FROM customers WHERE email = '$email' ORDER BY id LIMIT 51");
} catch (mysqli_sql_exception $failure) {
    http_response_code(502);
    exit;
}

header('Content-Type: text/xml; charset=utf-8');
echo '<?xml version="1.0" encoding="utf-8"?>', "\n", '<livelookup version="1.0" columns="first_name,last_name">', "\n";
while ($row = $found->fetch_assoc()) {
    $customer = [
        'customer_id' => $row['id'],
        'first_name' => $row['firstname'],
        'last_name' => $row['lastname'],
        'email' => $row['email'],
        'phone' => $row['phone'],
    ];
    echo "<customer>\n";
    foreach ($customer as $element => $value) {
        echo "<$element>", htmlspecialchars((string) $value, ENT_XML1), "</$element>\n";
    }
    echo "</customer>\n";
}
echo "</livelookup>\n";
$database->close();
