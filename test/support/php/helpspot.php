<?php
/*
 * Behaves as the HelpSpot 5.x Live Lookup client: calls a source by GET, by POST or by
 * command line, and reads the answer as HelpSpot does, with PHP's XML parser.
 *
 * Run by run.php, for a list of jobs. Standard output: a JSON list of results, one a job.
 *   {"mode": "get" | "post", "url": "...", "parameters": {...}}
 *   {"mode": "named" | "positional", "command": "...", "parameters": {...}}   from 5.3.0, before it
 *   {"mode": "read", "xml": "..."}                                            base64; only reads
 * A result is {"status": 200, "columns": [...], "customers": [{...}]}, without a status for a
 * command, or {"error": "...", "body": "..."} (the body in base64).
 */

// escapeshellarg() drops what is no character of the locale.
setlocale(LC_CTYPE, 'C.UTF-8');
ini_set('memory_limit', '512M');

const POSITIONS = ['customer_id', 'first_name', 'last_name', 'email', 'phone'];

function over_http(array $job): array {
    $query = http_build_query($job['parameters']);
    $http = [
        'method' => strtoupper($job['mode']),
        'user_agent' => 'HelpSpot HTTP Service',
        // HelpSpot parses the body whatever the status was.
        'ignore_errors' => true,
        'timeout' => 30,
    ];
    if ($job['mode'] === 'post') {
        // The same fields again; a query string in the configured address is not merged.
        $url = $job['url'] . '?' . $query;
        $http['header'] = 'Content-Type: application/x-www-form-urlencoded';
        $http['content'] = $query;
    } else {
        $url = $job['url'] . (strpos($job['url'], '?') === false ? '?' : '&') . $query;
    }
    $body = @file_get_contents($url, false, stream_context_create(['http' => $http]));
    if ($body === false) {
        return ['error' => 'no answer from ' . $job['url']];
    }
    $status = 0;
    foreach ($http_response_header as $line) {
        if (preg_match('~^HTTP/\S+ (\d+)~', $line, $match)) {
            $status = (int) $match[1];
        }
    }
    return ['status' => $status] + read_answer($body);
}

function over_command_line(array $job): array {
    $arguments = $job['mode'] === 'named' ? named($job['parameters']) : positional($job['parameters']);
    exec($job['command'] . ' ' . implode(' ', array_map('escapeshellarg', $arguments)), $lines);
    return read_answer(implode("\n", $lines));
}

function named(array $parameters): array {
    $arguments = [];
    foreach ($parameters as $name => $value) {
        $arguments[] = $value === '' ? "--$name" : "--$name=$value";
    }
    return $arguments;
}

function positional(array $parameters): array {
    $custom = preg_grep('/^Custom\d+$/', array_keys($parameters));
    usort($custom, fn ($a, $b) => (int) substr($a, 6) <=> (int) substr($b, 6));
    return array_map(fn ($name) => $parameters[$name] ?? '', array_merge(POSITIONS, $custom));
}

/** One flat name => text map for each customer, with names as they are written. */
function read_answer(string $body): array {
    $columns = null;
    $customers = [];
    $path = [];
    $text = '';
    $parser = xml_parser_create('UTF-8');
    xml_parser_set_option($parser, XML_OPTION_CASE_FOLDING, 0);
    xml_set_element_handler(
        $parser,
        function ($parser, $name, $attributes) use (&$columns, &$customers, &$path, &$text) {
            $path[] = $name;
            $text = '';
            if ($name === 'livelookup' && isset($attributes['columns'])) {
                $columns = array_map('trim', explode(',', $attributes['columns']));
            }
            if ($name === 'customer') {
                $customers[] = [];
            }
        },
        function ($parser, $name) use (&$customers, &$path, &$text) {
            if (count($path) === 3 && $customers) {
                $customers[count($customers) - 1][$name] = $text;
            }
            array_pop($path);
        }
    );
    xml_set_character_data_handler($parser, function ($parser, $data) use (&$text) {
        $text .= $data;
    });
    $parsed = xml_parse($parser, trim($body), true);
    if (!$parsed) {
        $detail = xml_error_string(xml_get_error_code($parser)) . ' in line ' . xml_get_current_line_number($parser);
        return ['error' => "XML Parser Returned Error: $detail", 'body' => base64_encode($body)];
    }
    return ['columns' => $columns, 'customers' => array_map(fn ($customer) => (object) $customer, $customers)];
}

$results = [];
foreach ($jobs as $job) {
    if ($job['mode'] === 'read') {
        $results[] = read_answer(base64_decode($job['xml']));
    } elseif ($job['mode'] === 'get' || $job['mode'] === 'post') {
        $results[] = over_http($job);
    } else {
        $results[] = over_command_line($job);
    }
}
echo json_encode($results, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
