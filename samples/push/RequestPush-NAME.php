<?php
/*
 * Request Push from HelpSpot to NAME, through the HelpSpot gateway.
 *
 * Where it goes: the folder custom_code/ of HelpSpot, as RequestPush-NAME.php.
 * It needs PHP 7.4 or later with the curl extension, and nothing else.
 * "helpspot-gateway push-file NAME" writes this file; docs/push-file.md says more.
 */

// HelpSpot defines this; nobody else has any business here.
if (!defined('cBASEPATH')) {
    die();
}

// HelpSpot may include this file more than once: an automation rule pushes many requests.
if (!class_exists('RequestPush_NAME', false)) {
    class RequestPush_NAME
    {
        /* ------------------------------- Settings ------------------------------- */

        /** The address of the gateway, without a slash at the end. */
        private const GATEWAY = '{{gateway}}';

        /** The secret of a key in the gateway's configuration (access.keys). Empty: the gateway wants none. */
        private const KEY = '{{key}}';

        /** A PEM file with the authority that signed the gateway's certificate. Empty: those that PHP trusts anyhow. */
        private const CA_FILE = '';

        /** How long to wait for a connection. */
        private const CONNECT_SECONDS = '{{connect}}';

        /** How long to wait in all: longer than server.deadline of the gateway, which then says itself what took too long. */
        private const TOTAL_SECONDS = '{{total}}';

        /* ------------------------- Nothing to set below here ------------------------- */

        private const TARGET = 'NAME';
        private const LONGEST_ID = 255;
        private const LONGEST_MESSAGE = 500;
        private const LARGEST_ANSWER = 4194304;
        private const DEEPEST_ARRAY = 16;
        /** The elements that the gateway writes into details. */
        private const DETAILS_ELEMENTS = '{{elements}}';

        /** HelpSpot shows this to the staff member when a push has failed. */
        public $errorMsg = '';

        /** Pushes a request. Returns the id that details() takes; null when it failed, and then errorMsg says why. */
        public function push($request)
        {
            $this->errorMsg = '';
            $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE
                | JSON_PARTIAL_OUTPUT_ON_ERROR;
            $json = json_encode(self::inUtf8($request, 0), $flags);
            if ($json === false) {
                return $this->fail('HelpSpot could not write the request as JSON. Tell your administrator.');
            }
            $answer = $this->call('/push/' . self::TARGET, $json);
            if ($answer === null) {
                return null;
            }
            $said = json_decode($answer['body'], true);
            $id = is_array($said) && isset($said['id']) && is_scalar($said['id']) ? (string) $said['id'] : '';
            if ($answer['status'] < 200 || $answer['status'] > 299) {
                return $this->fail($this->refusal($answer['status'], $said));
            }
            if ($id === '') {
                return $this->fail(self::notTheGateway($answer['status']));
            }
            // It has been pushed: an id that HelpSpot would cut off is worse than none, and an error would push it again.
            return preg_match('/^.{1,' . self::LONGEST_ID . '}$/Dus', $id) === 1 ? $id : null;
        }

        /** How a pushed request stands, as HTML. */
        public function details($id)
        {
            $this->errorMsg = '';
            $asked = is_scalar($id) ? (string) $id : '';
            $answer = $this->call('/push/' . self::TARGET . '/details?id=' . rawurlencode($asked), null);
            if ($answer !== null && $answer['status'] === 200 && self::isDetails($answer)) {
                return $answer['body'];
            }
            if ($answer !== null) {
                $this->fail($this->refusal($answer['status'], json_decode($answer['body'], true)));
            }
            return '<p>' . htmlspecialchars($this->errorMsg, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8') . '</p>';
        }

        /** Sends a POST with $json, or a GET without. Returns status, type and body; null when that failed. */
        private function call($path, $json)
        {
            if (!function_exists('curl_init')) {
                return $this->fail('PHP on the HelpSpot server has no curl extension. Ask your administrator to install it (php-curl).');
            }
            if (self::KEY === 'PASTE-THE-KEY-HERE') {
                return $this->fail('The key of the gateway is missing in RequestPush-' . self::TARGET . '.php. Tell your administrator.');
            }
            if (self::CA_FILE !== '' && !is_readable(self::CA_FILE)) {
                return $this->fail('CA_FILE in RequestPush-' . self::TARGET . '.php cannot be read. Tell your administrator.');
            }
            $body = '';
            $curl = curl_init(self::GATEWAY . $path);
            if ($curl === false) {
                return $this->fail(self::problem(3, true, $json !== null));
            }
            curl_setopt_array($curl, self::options($json));
            curl_setopt($curl, CURLOPT_WRITEFUNCTION, function ($handle, $piece) use (&$body) {
                $body .= $piece;
                // A number that is not the length of the piece ends the call.
                return strlen($body) > self::LARGEST_ANSWER ? 0 : strlen($piece);
            });
            if (curl_exec($curl) === false) {
                // Until this time is known, the connection did not stand and nothing was sent.
                $unsent = curl_getinfo($curl, CURLINFO_PRETRANSFER_TIME) <= 0;
                return $this->fail(self::problem(curl_errno($curl), $unsent, $json !== null));
            }
            return [
                'status' => (int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE),
                'type' => strtolower((string) curl_getinfo($curl, CURLINFO_CONTENT_TYPE)),
                'body' => $body,
            ];
        }

        private static function options($json)
        {
            $headers = ['Accept: application/json, text/html', 'Expect:'];
            if (self::KEY !== '') {
                // As a Basic password a key may hold any character; as a Bearer token it may not.
                $headers[] = 'Authorization: Basic ' . base64_encode('helpspot:' . self::KEY);
            }
            $options = [
                CURLOPT_CONNECTTIMEOUT => self::CONNECT_SECONDS,
                CURLOPT_TIMEOUT => self::TOTAL_SECONDS,
                CURLOPT_NOSIGNAL => true,
                CURLOPT_FOLLOWLOCATION => false,
                CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
                CURLOPT_SSL_VERIFYPEER => true,
                CURLOPT_SSL_VERIFYHOST => 2,
                // A proxy from the environment would see the key.
                CURLOPT_PROXY => '',
                CURLOPT_USERAGENT => 'HelpSpot Request Push',
            ];
            if (self::CA_FILE !== '') {
                $options[CURLOPT_CAINFO] = self::CA_FILE;
            }
            if ($json !== null) {
                $headers[] = 'Content-Type: application/json';
                $options[CURLOPT_POST] = true;
                $options[CURLOPT_POSTFIELDS] = $json;
            }
            $options[CURLOPT_HTTPHEADER] = $headers;
            return $options;
        }

        /**
         * What happened on the way to the gateway, by the number of curl's error
         * (https://curl.se/libcurl/c/libcurl-errors.html). $unsent: the gateway cannot have got the call.
         */
        private static function problem($error, $unsent, $isPush)
        {
            $file = 'RequestPush-' . self::TARGET . '.php';
            $at = self::host();
            $then = 'Try again in a minute, or tell your administrator.';
            if ($isPush) {
                $then = $unsent
                    ? "Nothing was pushed. $then"
                    : 'It may have been pushed all the same: look in the other system before you push again.';
            }
            switch ($error) {
                case 1:
                case 3:
                    return "The address of the gateway in $file is none. Tell your administrator.";
                case 6:
                case 7:
                    return "The gateway at $at cannot be reached. $then";
                case 23:
                    return "The answer from $at is larger than any answer of the gateway. $then";
                case 28:
                    return "The gateway at $at did not answer in time. $then";
                case 35:
                case 51:
                case 58:
                case 59:
                case 60:
                case 77:
                case 83:
                case 90:
                case 91:
                    return "The certificate of the gateway at $at is not trusted, or it speaks no TLS."
                        . " Tell your administrator (curl error $error, CA_FILE in $file).";
                default:
                    return "The connection to the gateway at $at broke (curl error $error). $then";
            }
        }

        /** Why the gateway said no; its own words where it has any for staff. */
        private function refusal($status, $said)
        {
            if ($status === 401) {
                return 'The gateway does not accept the key in RequestPush-' . self::TARGET . '.php. Tell your administrator.';
            }
            if ($status === 403) {
                return 'The gateway takes no calls from this HelpSpot server (access.networks). Tell your administrator.';
            }
            if (is_array($said) && isset($said['error']) && is_string($said['error']) && $said['error'] !== '') {
                return $said['error'];
            }
            // Answers of the gateway, and of what stands before it, that need not have words.
            switch ($status) {
                case 408:
                    return 'The request did not reach the gateway at ' . self::host() . ' whole in time. Try again in a minute, or tell your administrator.';
                case 429:
                    return 'The gateway at ' . self::host() . ' is called too often. Try again in a minute, or tell your administrator.';
                case 503:
                    return 'The gateway at ' . self::host() . ' takes no calls at the moment. Try again in a minute, or tell your administrator.';
                default:
                    return self::notTheGateway($status);
            }
        }

        private static function notTheGateway($status)
        {
            return 'What answers at ' . self::host() . " is not the gateway (HTTP status $status). Tell your administrator to look at the address in RequestPush-" . self::TARGET . '.php.';
        }

        /** Host and port of the gateway, for messages: never what else an address may hold. */
        private static function host()
        {
            $parts = parse_url(self::GATEWAY);
            $host = is_array($parts) && isset($parts['host']) ? $parts['host'] : '?';
            return isset($parts['port']) ? $host . ':' . $parts['port'] : $host;
        }

        /** Details are a few plain elements. A page with any other, of a proxy or of another server, stays out of HelpSpot. */
        private static function isDetails($answer)
        {
            return strpos($answer['type'], 'text/html') === 0
                && preg_match('~<(?!/?(?:' . self::DETAILS_ELEMENTS . ')[\s>])~i', $answer['body']) === 0;
        }

        /** Sets errorMsg and returns null. It is text, but in some places HelpSpot writes it as HTML: it must be harmless in both. */
        private function fail($message)
        {
            $text = preg_replace('/[\x00-\x1f\x7f]+/', ' ', self::inUtf8((string) $message, 0));
            $text = strtr($text, ['<' => "\u{2039}", '>' => "\u{203a}", '"' => "'"]);
            $this->errorMsg = preg_match('/^.{0,' . self::LONGEST_MESSAGE . '}/us', $text, $found) === 1 ? $found[0] : $text;
            return null;
        }

        /** JSON is UTF-8. Text that is not comes from an old database or mail, and is Windows-1252, in which every byte is a letter. */
        private static function inUtf8($value, $depth)
        {
            if (is_string($value)) {
                return preg_match('//u', $value) === 1 ? $value : strtr($value, self::windows1252());
            }
            if (!is_array($value)) {
                return $value;
            }
            if ($depth >= self::DEEPEST_ARRAY) {
                return null;
            }
            $converted = [];
            foreach ($value as $key => $item) {
                $converted[is_string($key) ? self::inUtf8($key, 0) : $key] = self::inUtf8($item, $depth + 1);
            }
            return $converted;
        }

        /** Each byte above 0x7F as UTF-8. */
        private static function windows1252()
        {
            static $letters = null;
            if ($letters === null) {
                $special = [
                    0x80 => 0x20ac, 0x82 => 0x201a, 0x83 => 0x0192, 0x84 => 0x201e, 0x85 => 0x2026, 0x86 => 0x2020,
                    0x87 => 0x2021, 0x88 => 0x02c6, 0x89 => 0x2030, 0x8a => 0x0160, 0x8b => 0x2039, 0x8c => 0x0152,
                    0x8e => 0x017d, 0x91 => 0x2018, 0x92 => 0x2019, 0x93 => 0x201c, 0x94 => 0x201d, 0x95 => 0x2022,
                    0x96 => 0x2013, 0x97 => 0x2014, 0x98 => 0x02dc, 0x99 => 0x2122, 0x9a => 0x0161, 0x9b => 0x203a,
                    0x9c => 0x0153, 0x9e => 0x017e, 0x9f => 0x0178,
                ];
                for ($byte = 0x80; $byte <= 0xff; $byte++) {
                    $code = isset($special[$byte]) ? $special[$byte] : $byte;
                    $letters[chr($byte)] = $code < 0x800
                        ? chr(0xc0 | $code >> 6) . chr(0x80 | $code & 0x3f)
                        : chr(0xe0 | $code >> 12) . chr(0x80 | $code >> 6 & 0x3f) . chr(0x80 | $code & 0x3f);
                }
            }
            return $letters;
        }
    }
}
