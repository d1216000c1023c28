using System.Diagnostics;
using System.Text;
using Tocsin.Testing;

namespace Tocsin.Ingest.Tests;

public sealed class RedactorTests
{
    private static readonly Redactor s_redactor = new();

    [Theory]
    [InlineData("password")]
    [InlineData("db.password")]
    [InlineData("DB_PASSWORD")]
    [InlineData("dbPassword")]
    [InlineData("PassWord")]
    [InlineData("password2")]
    [InlineData("user-passwd")]
    [InlineData("mysql_pwd")]
    [InlineData("passphrase")]
    [InlineData("token")]
    [InlineData("accessToken")]
    [InlineData("access_token")]
    [InlineData("github_token")]
    [InlineData("stripetoken")]
    [InlineData("key")]
    [InlineData("api_key")]
    [InlineData("apikey")]
    [InlineData("APIKey")]
    [InlineData("x-api-key")]
    [InlineData("privatekey")]
    [InlineData("private_key")]
    [InlineData("secret")]
    [InlineData("client_secret")]
    [InlineData("auth")]
    [InlineData("credentials")]
    [InlineData("http.request.header.authorization")]
    [InlineData("http.request.header.cookie")]
    [InlineData("set-cookie")]
    public void These_names_are_secret(string key) => s_redactor.IsSensitiveKey(key).ShouldBeTrue();

    [Theory]
    [InlineData("monkey")]
    [InlineData("keyboard")]
    [InlineData("keyspace")]
    [InlineData("turkey.name")]
    [InlineData("author")]
    [InlineData("authenticated")]
    [InlineData("tokenizer")]
    [InlineData("gen_ai.usage.input_tokens")]
    [InlineData("secretary")]
    [InlineData("service.name")]
    [InlineData("messaging.kafka.message.key")]
    [InlineData("aws.s3.key")]
    [InlineData("")]
    public void These_names_are_not(string key) => s_redactor.IsSensitiveKey(key).ShouldBeFalse();

    [Fact]
    public void Names_can_be_added_and_kept()
    {
        var redactor = new Redactor(["iban", "patient_id"], ["cache.key"]);
        redactor.IsSensitiveKey("customer.iban").ShouldBeTrue();
        redactor.IsSensitiveKey("patientId").ShouldBeTrue();
        redactor.IsSensitiveKey("patient").ShouldBeFalse();
        redactor.IsSensitiveKey("cache.key").ShouldBeFalse();
        redactor.IsSensitiveKey("other.cache.key").ShouldBeTrue();
        redactor.Redact("iban=DE89370400440532013000;").ShouldBe("iban=[REDACTED];");
    }

    [Theory]
    // Payment cards: plain, in groups, with the brands' lengths.
    [InlineData("paid with 4111111111111111.", "paid with [REDACTED].")]
    [InlineData("4111 1111 1111 1111 2030", "[REDACTED] 2030")]
    [InlineData("card 5500-0055-5555-5559!", "card [REDACTED]!")]
    [InlineData("amex 3782 822463 10005", "amex [REDACTED]")]
    [InlineData("amex 378282246310005", "amex [REDACTED]")]
    // Social security numbers.
    [InlineData("ssn is 123-45-6789", "ssn is [REDACTED]")]
    // Tokens.
    [InlineData("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk end", "got [REDACTED] end")]
    [InlineData("Authorization: Bearer abcDEF123456._-", "Authorization: Bearer [REDACTED]")]
    [InlineData("authorization: bearer 0123456789abcdef", "authorization: bearer [REDACTED]")]
    [InlineData("Authorization: Basic dXNlcjpwYXNz1234", "Authorization: Basic [REDACTED]")]
    [InlineData("id AKIAIOSFODNN7EXAMPLE used", "id [REDACTED] used")]
    // URLs and connection strings.
    [InlineData("postgres://app:s3cr3t@db:5432/x?y=1", "postgres://app:[REDACTED]@db:5432/x?y=1")]
    [InlineData("redis://:pw@cache", "redis://:[REDACTED]@cache")]
    [InlineData("https://u:p@ss@host/path", "https://u:[REDACTED]@host/path")]
    [InlineData("Server=db;User Id=app;Password=s3cr3t;Timeout=5", "Server=db;User Id=app;Password=[REDACTED];Timeout=5")]
    [InlineData("Server=db;Pwd='a;b';X=1", "Server=db;Pwd='[REDACTED]';X=1")]
    [InlineData("AccountKey=abc123==;Endpoint=x", "AccountKey=[REDACTED];Endpoint=x")]
    [InlineData("retry with api_key=abc&x=1", "retry with api_key=[REDACTED]&x=1")]
    [InlineData("aws_secret_access_key = wJalrXUtnFEMI", "aws_secret_access_key = [REDACTED]")]
    [InlineData("{\"user\":\"x\",\"password\":\"hunter2\"}", "{\"user\":\"x\",\"password\":\"[REDACTED]\"}")]
    [InlineData("{\\\"password\\\":\\\"hunter2\\\"}", "{\\\"password\\\":\\\"[REDACTED]\\\"}")]
    [InlineData("{'api_key': 'hunter2'}", "{'api_key': '[REDACTED]'}")]
    // Private keys, whole and cut off.
    [InlineData("x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- y", "x [REDACTED] y")]
    [InlineData("x -----BEGIN PRIVATE KEY-----\nMIIE", "x [REDACTED]")]
    // Several in one text, also overlapping.
    [InlineData("password=4111111111111111 and 123-45-6789", "password=[REDACTED] and [REDACTED]")]
    [InlineData("token=Bearer abc123456", "token=[REDACTED] [REDACTED]")]
    public void Secrets_are_taken_out(string text, string clean) => s_redactor.Redact(text).ShouldBe(clean);

    [Theory]
    [InlineData("order 4111111111111112 fails the Luhn check")]
    [InlineData("1234567890123456 has no brand")]
    [InlineData("time 1767323045000000000 in ns")]
    [InlineData("trace a4111111111111111 and 4111111111111111b")]
    [InlineData("version 0.4111111111111111")]
    [InlineData("uuid 41111111-1111-4111-8111-111111111111")]
    [InlineData("41111111111111110000 has twenty digits")]
    [InlineData("000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000")]
    [InlineData("tel 0123-45-6789 and 123-45-67890 and 9-123-45-6789")]
    [InlineData("bearer authentication failed, Basic information")]
    [InlineData("eyJust a word. Another.")]
    [InlineData("http://host:8080/a@b and http://user@host/")]
    [InlineData("cache miss key=user:42")]
    [InlineData("if (token == end)")]
    [InlineData("Unexpected token: foo")]
    [InlineData("password=")]
    [InlineData("AKIA is a prefix, AKIAIOSFODNN7EXAMPLES is longer")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----")]
    [InlineData("")]
    [InlineData("plain")]
    public void Everything_else_stays_as_it_is(string text) => s_redactor.Redact(text).ShouldBeSameAs(text);

    [Theory]
    [InlineData("password=Zs3cr3tZ", "Zs3cr3tZ")]
    [InlineData("\"password\":\"Zs3cr3tZ\"", "Zs3cr3tZ")]
    [InlineData("4012 8888 8888 1881", "4012 8888 8888 1881")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE")]
    [InlineData("amqp://u:Zs3cr3tZ@mq", "Zs3cr3tZ")]
    [InlineData("Bearer Zs3cr3tZ", "Zs3cr3tZ")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.Zs3cr3tZ", "Zs3cr3tZ")]
    public void A_secret_is_found_whatever_stands_around_it(string planted, string secret)
    {
        foreach (string[] around in Hostile(4000).Chunk(2))
            s_redactor.Redact($"{around[0]} {planted} {around[1]}").ShouldNotContain(secret, Case.Sensitive, around[0]);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Hostile_text_costs_time_in_proportion_to_its_length()
    {
        string[] texts =
        [
            Repeat("eyJ"), Repeat("4111 "), Repeat("4111-1111-"), Repeat("://"), Repeat("://a:b"), Repeat("password="),
            Repeat("password=\""), Repeat("-----BEGIN "), Repeat("-----BEGIN PRIVATE KEY"), Repeat("="), Repeat("1"),
            Repeat("Bearer "), Repeat("AKIA"), Repeat("eyJaaaaaaaaaa."), Repeat("\"\":"), Repeat("1-"), Repeat("a:"),
        ];
        foreach (string text in texts)
        {
            long started = Stopwatch.GetTimestamp();
            s_redactor.Redact(text);
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(2), text[..12]);
        }

        static string Repeat(string part) => string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length));
    }

    // Random mixtures of the patterns' own pieces.
    private static IEnumerable<string> Hostile(int count)
    {
        string[] pieces =
        [
            "password", "=", ":", "\"", "'", "\\", " ", ";", "://", "@", "eyJ", ".", "abc", "4111", "1111", "-", "123", "45",
            "6789", "Bearer ", "-----BEGIN ", "PRIVATE KEY", "-----END ", "-----", "AKIA", "\n", "é", "\U0001F600", "[REDACTED]",
        ];
        var random = FuzzSeed.Random(20260314);
        for (int i = 0; i < count; i++)
            yield return string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
