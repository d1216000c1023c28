namespace Tocsin.Acceptance.Secrets;

/// <summary>One secret, the way it gets into the application's telemetry, and a harmless word beside it.</summary>
/// <param name="Way">How it is told, for the report.</param>
/// <param name="Text">What must be found nowhere.</param>
/// <param name="Witness">What must be found somewhere, or the way was not tried at all.</param>
internal sealed record Seed(string Way, string Text, string Witness);

/// <summary>All secrets of the self-test. Each is made of letters that occur nowhere else.</summary>
internal static class Seeds
{
    public const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJxemp3eHYifQ.c2lnbmF0dXJlcXpqd3h2cXpqd3h2";
    public const string Card = "4111 1111 1111 1111";
    public const string CardDigits = "5555555555554444";
    public const string Pem = "MIIEvqzjwxvPEMBODYqzjwxvPEMBODYqzjwxv";

    public static readonly Seed LogProperty = new("log property {Password}", "qzjw-property-1", "witness-property");
    public static readonly Seed LogMessage = new("log message key=value", "qzjw-message-2", "witness-message");
    public static readonly Seed Scope = new("log scope", "qzjw-scope-3", "witness-scope");
    public static readonly Seed Nested = new("nested object {@Order}", "qzjw-nested-4", "witness-nested");
    public static readonly Seed Token = new("JSON Web Token in a message", Jwt, "witness-jwt");
    public static readonly Seed Bearer = new("bearer header in a message", "qzjw6bearerq7zjwxv8qzjw", "witness-bearer");
    public static readonly Seed SpacedCard = new("payment card with blanks", Card, "witness-card");
    public static readonly Seed NumberCard = new("payment card as a number", CardDigits, "witness-number-card");
    public static readonly Seed PrivateKey = new("private key", Pem, "witness-pem");
    public static readonly Seed Connection = new("connection string", "qzjw-connection-7", "witness-connection");
    public static readonly Seed Url = new("credentials in a URL", "qzjw-url-8", "witness-url");
    public static readonly Seed Thrown = new("message of a logged exception", "qzjw-thrown-9", "witness-thrown");
    public static readonly Seed Inner = new("message of its inner exception", "qzjw-inner-10", "witness-inner");
    public static readonly Seed Captured = new("captured exception", "qzjw-captured-11", "witness-captured");
    public static readonly Seed CapturedContext = new("its context", "qzjw-context-12", "witness-context");
    public static readonly Seed Breadcrumb = new("breadcrumb", "qzjw-crumb-13", "witness-crumb");
    public static readonly Seed SpanTag = new("span attribute", "qzjw-tag-14", "witness-tag");
    public static readonly Seed SpanEvent = new("exception event of a span", "qzjw-event-15", "witness-event");
    public static readonly Seed Operation = new("attribute of an operation", "qzjw-operation-16", "witness-operation");
    public static readonly Seed Agent = new("input of an agent", "qzjw-agent-17", "witness-agent");
    public static readonly Seed Query = new("query of a request", "qzjw-query-18", "witness-query");
    public static readonly Seed Header = new("header of a request", "qzjw-header-19", "witness-header");
    public static readonly Seed Configuration = new("configuration", "qzjw-configuration-20", "witness-configuration");
    public static readonly Seed CommandLine = new("command line", "qzjw-command-21", "witness-command");
    public static readonly Seed Death = new("message of the exception that ends the process", "qzjw-death-22", "witness-death");

    public static readonly IReadOnlyList<Seed> All =
    [
        LogProperty, LogMessage, Scope, Nested, Token, Bearer, SpacedCard, NumberCard, PrivateKey, Connection, Url, Thrown,
        Inner, Captured, CapturedContext, Breadcrumb, SpanTag, SpanEvent, Operation, Agent, Query, Header, Configuration,
        CommandLine, Death,
    ];
}
