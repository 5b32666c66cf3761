<?php
/*
 * A Live Lookup as it is commonly written in PHP, and as HelpSpot's samples are: it connects, binds, searches and
 * closes for each request. What it needs is set by the web server: DIRECTORY_URL, _CA, _USER, _PASSWORD, _BASE, _FIELDS.
 */
$fields = json_decode($_SERVER['DIRECTORY_FIELDS'], true);

if ($_SERVER['DIRECTORY_CA'] !== '') {
    ldap_set_option(null, LDAP_OPT_X_TLS_CACERTFILE, $_SERVER['DIRECTORY_CA']);
}
$directory = ldap_connect($_SERVER['DIRECTORY_URL']);
ldap_set_option($directory, LDAP_OPT_PROTOCOL_VERSION, 3);
ldap_set_option($directory, LDAP_OPT_REFERRALS, 0);
if (!ldap_bind($directory, $_SERVER['DIRECTORY_USER'], $_SERVER['DIRECTORY_PASSWORD'])) {
    http_response_code(502);
    exit;
}
$mail = ldap_escape($_GET['email'] ?? '', '', LDAP_ESCAPE_FILTER);
$found = ldap_search($directory, $_SERVER['DIRECTORY_BASE'], "(&(objectClass=person)(mail=$mail))", array_values($fields));
$entries = ldap_get_entries($directory, $found);
ldap_unbind($directory);

header('Content-Type: text/xml; charset=utf-8');
echo '<?xml version="1.0" encoding="utf-8"?>', "\n", '<livelookup version="1.0" columns="first_name,last_name">', "\n";
for ($index = 0; $index < $entries['count']; $index++) {
    echo "<customer>\n";
    foreach ($fields as $element => $attribute) {
        $value = $entries[$index][strtolower($attribute)][0] ?? '';
        echo "<$element>", htmlspecialchars($value, ENT_XML1), "</$element>\n";
    }
    echo "</customer>\n";
}
echo "</livelookup>\n";
