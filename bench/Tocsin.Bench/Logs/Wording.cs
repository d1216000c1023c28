namespace Tocsin.Bench.Logs;

/// <summary>The words that the generated logs are made of.</summary>
internal static class Wording
{
    /// <summary>Whole words and parts of words that queries look for; nothing but the templates may bring them in.</summary>
    public const string CommonWord = "connection", CommonPart = "nect", RareWord = "quetzalcoatlus", RarePart = "zyzzogeton", AbsentPart = "wolpertinger";

    public static readonly string[] Services =
    [
        "gateway", "checkout", "catalog", "search", "payments", "inventory", "shipping", "accounts", "sessions", "notifications",
        "pricing", "reviews", "recommendations", "billing", "fraud", "media", "exports", "scheduler", "ledger", "audit",
    ];

    public static readonly string[] Components =
    [
        "HttpServer", "RouteTable", "OrderStore", "CartCache", "PriceBook", "StockLedger", "TokenVault", "SessionMap", "MailQueue", "PushSender",
        "ImageResizer", "PdfWriter", "JobClock", "RuleSet", "RiskScore", "TaxTable", "CarrierClient", "CardClient", "SearchIndex", "QueryPlan",
        "RowMapper", "PoolKeeper", "RetryPolicy", "CircuitBreaker", "EventBus", "Outbox", "ConfigReader", "FeatureFlags", "AuditTrail", "Shutdown",
    ];

    public static readonly string[] Nouns =
    [
        "order", "cart", "invoice", "product", "shipment", "refund", "voucher", "parcel", "profile", "contract",
        "review", "rating", "session", "ticket", "report", "image", "payout", "warehouse", "supplier", "subscription",
    ];

    public static readonly string[] Verbs =
        ["load", "store", "price", "reserve", "release", "publish", "validate", "archive", "render", "import", "merge", "assign", "confirm", "cancel"];

    public static readonly string[] Stores = ["orders-db", "catalog-db", "redis-main", "redis-sessions", "ledger-db", "object-store", "search-primary"];

    public static readonly string[] Topics = ["orders.created", "orders.paid", "stock.changed", "mail.outgoing", "prices.updated", "audit.events"];

    public static readonly string[] People =
    [
        "amelie", "bjarne", "chiara", "dmitri", "elif", "farid", "greta", "hiroshi", "ingrid", "jonas", "katya", "luca", "mei", "nadia", "oscar",
        "priya", "quentin", "rosa", "sven", "tomas", "ursula", "viktor", "wanda", "xenia", "yusuf", "zofia",
    ];

    public static readonly string[] Quoted =
    [
        "express", "standard", "gift-wrap", "backorder", "pre-sale", "autumn-20", "loyal", "trial", "express-eu", "pickup", "invoice-only", "sandbox",
        "newsletter", "bulk", "priority", "mobile", "kiosk", "partner", "internal", "dry-run",
    ];

    /// <summary>200 paths; the first ones come most.</summary>
    public static readonly string[] Paths =
        [.. from action in (string[])["", "/search", "/recent", "/export", "/summary", "/history", "/items", "/status", "/lines", "/preview"]
            from noun in Nouns select $"/api/v1/{noun}s{action}"];

    // {n4}: a number below 10^4; {hex8}: so many hexadecimal digits; {ms}, {us}: durations; upper-case slots are filled once per template.
    public static readonly (string Level, string[] Patterns)[] Patterns =
    [
        ("DEBUG",
        [
            "cache lookup {NOUN}:{n6} hit after {us} us, {n2} entries in shard {n1}",
            "Loaded {NOUN} {n6} from {STORE} in {ms} ms ({n2} rows, {n5} bytes)",
            "Entering {NOUN}.{VERB} with {n2} items and correlation {hex16}",
            "select id, state, total from {NOUN}s where id = {n6} took {ms} ms and gave {n2} rows",
            "Poll of {TOPIC} returned {n3} messages up to offset {n8}",
            "Token bucket for {NOUN} {VERB} has {n3} of 1000 tokens left",
            "thread pool: {n2} busy, {n3} queued, {n2} idle, oldest waits {ms} ms",
            "released lock {NOUN}-{hex8} after {ms} ms, {n1} waiters",
            "Feature flag \"{quoted}\" is on for user {user} in {NOUN}",
            "Evaluated {n2} rules for {NOUN} {n6}: {n1} matched in {us} us",
            "Heartbeat from {ip} after {us} us, sequence {n7}",
        ]),
        ("INFO",
        [
            "{VERB} of {NOUN} {n6} for user {user} done in {ms} ms after {n1} retries",
            "GET {path} answered 200 in {ms} ms to {ip}:{port}, {n5} bytes",
            "POST {path} answered 201 in {ms} ms to {ip} for {user}",
            "Accepted client {ip}:{port} for {NOUN} {VERB}, {n2} are active now",
            "Nightly {NOUN} {VERB} finished: {n5} processed, {n2} skipped, {n1} failed in {ms} ms",
            "Message {hex16} published to {TOPIC} partition {n1} offset {n8}",
            "Received \"{quoted}\" event for {NOUN} {n6} from {TOPIC}",
            "Session {hex16} of user {user} started from {ip}",
            "Wrote /var/lib/{NOUN}s/{VERB}/part-{n5}.parquet with {n6} rows",
            "{NOUN} {n6} moved from state \"{quoted}\" to \"{quoted}\" by {user}",
            "Compacted {n2} segments of {NOUN} index into {n1}, saved {n7} bytes in {ms} ms",
            "Reservation {hex8} of {n2} units for {NOUN} {n6} expires in {n2} minutes",
            "Rendered {NOUN} confirmation for {user} as template \"{quoted}\" in {ms} ms",
            "Connection {n5} to {STORE} opened from {ip}:{port}, pool holds {n2}",
            "Synchronised {n4} {NOUN}s with {STORE}, lag {ms} ms",
            "Price of {NOUN} {n6} changed by {n2} % under rule \"{quoted}\"",
        ]),
        ("WARN",
        [
            "Slow {VERB} on {STORE}: {ms} ms for {NOUN} {n6}, limit is 250 ms",
            "Retrying {VERB} of {NOUN} {n6}, attempt {n1} of 9, connection reset by {ip}:{port}",
            "Queue {TOPIC} is {n2} % full, {n5} messages wait, oldest for {ms} ms",
            "Reconnecting to {STORE} at {ip}:{port} after {ms} ms",
            "User {user} sent {n3} requests to {path} within a minute, limit is 100",
            "Stale {NOUN} {n6} served from cache, age {ms} ms, origin {ip} is slow",
            "Deprecated parameter \"{quoted}\" used on {path} by {ip}",
            "Clock of {ip} is {ms} ms off, {NOUN} timestamps were corrected",
        ]),
        ("ERROR",
        [
            "Failed to {VERB} {NOUN} {n6}: connection refused by {ip}:{port}",
            "System.TimeoutException: {VERB} of {NOUN} {n6} timed out after {ms} ms on {STORE}",
            "Could not read {NOUN} {hex16}: unexpected character at line {n2}, position {n4}",
            "Constraint {NOUN}s_{VERB}_key violated for {NOUN} {n6} by user {user}",
            "POST {path} answered 500 after {ms} ms to {ip}, error {hex8}",
            "Upstream {ip}:{port} disconnected while {n5} bytes of {NOUN} {n6} were missing",
        ]),
        ("FATAL",
        [
            "Cannot {VERB} {NOUN}s: {STORE} is out of reach after {n2} attempts, giving up",
            "Out of memory while {NOUN} {n6} was in {VERB}: {n8} bytes asked",
            "Data file /var/lib/{NOUN}s/{hex8}.dat is damaged at offset {n8}, stopping",
        ]),
    ];
}
