using System.Text.Json.Nodes;
using Tocsin.Model.Alerts;
using Tocsin.Testing;

namespace Tocsin.Channels.Tests.Smtp;

/// <summary>Mail over a real SMTP server, read back by somebody else's parser.</summary>
public sealed class EmailTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crash_arrives_encrypted_as_text_and_HTML()
    {
        await using MailServer server = await MailServer.Start();
        SendResult result = await Send(server, Some.News(Some.Crash()));
        result.ShouldBeOfType<SendResult.Sent>().Answer.ShouldContain("queued as 42");
        JsonNode mail = await server.Next();
        mail["tls"]!.GetValue<bool>().ShouldBeTrue();
        mail["from"]!.GetValue<string>().ShouldBe("tocsin@example.com");
        mail["to"]!.AsArray().Select(t => t!.GetValue<string>()).ShouldBe(["devops@example.com", "oncall@example.com"]);
        Header(mail, "Subject").ShouldBe("[CRITICAL] System Crash: CRASH-20260102030405-1a2b3c4d");
        Header(mail, "From").ShouldBe("Tocsin <tocsin@example.com>");
        Header(mail, "To").ShouldBe("devops@example.com, oncall@example.com");
        Header(mail, "Message-ID").ShouldBe("<ntf_0001@example.com>");
        Header(mail, "References").ShouldBe("<alert-7@example.com>");
        mail["type"]!.GetValue<string>().ShouldBe("multipart/alternative");
        string text = mail["text"]!.GetValue<string>(), html = mail["html"]!.GetValue<string>();
        foreach (string part in new[] { "CRASH DETECTED", "Crash ID: CRASH-20260102030405-1a2b3c4d", "Error Type: SqlException",
            "Execution Timeout Expired.", "A query is too slow.", "1. Look at the slow queries", "2. Add an index" })
        {
            text.ShouldContain(part);
            html.ShouldContain(part);
        }
        html.ShouldContain("href=\"https://tocsin.example.com/alerts/7\"");
        NothingBroken(mail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PLAIN")]
    public async Task It_logs_in_with_either_mechanism(string exclude)
    {
        await using MailServer server = await MailServer.Start(Account(exclude));
        (await Send(server, Some.News(Some.Slow()), ("username", "ada"), ("password", "pässword"))).ShouldBeOfType<SendResult.Sent>();
        (await server.Next())["user"]!.GetValue<string>().ShouldBe("ada");
    }

    [Theory]
    [InlineData("")]
    [InlineData("PLAIN")]
    public async Task A_wrong_password_is_final_and_not_quoted(string exclude)
    {
        await using MailServer server = await MailServer.Start(Account(exclude));
        SendResult result = await Send(server, Some.News(Some.Slow()), ("username", "ada"), ("password", "wr0ng"));
        string reason = result.ShouldBeOfType<SendResult.Rejected>().Reason;
        reason.ShouldContain("AUTH refused: 535");
        reason.ShouldNotContain("wr0ng");
    }

    [Fact]
    public async Task A_server_without_a_known_mechanism_is_told_no_password()
    {
        await using MailServer server = await MailServer.Start(Account("PLAIN", "LOGIN"));
        (await Send(server, Some.News(Some.Slow()), ("username", "ada"), ("password", "x")))
            .ShouldBeOfType<SendResult.Rejected>().Reason.ShouldContain("no AUTH PLAIN or LOGIN");
    }

    [Fact]
    public async Task Implicit_TLS()
    {
        await using MailServer server = await MailServer.Start(new JsonObject { ["implicit"] = true });
        (await Send(server, Some.News(Some.Slow()), ("tls", "implicit"))).ShouldBeOfType<SendResult.Sent>();
        (await server.Next())["to"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Without_TLS_only_when_told_so()
    {
        await using MailServer server = await MailServer.Start(tls: false);
        (await Send(server, Some.News(Some.Slow()))).ShouldBeOfType<SendResult.RetryLater>().Reason.ShouldContain("does not offer STARTTLS");
        (await Send(server, Some.News(Some.Slow()), ("tls", "none"))).ShouldBeOfType<SendResult.Sent>();
        (await server.Next())["tls"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task A_certificate_of_nobody_known_is_not_trusted()
    {
        await using MailServer server = await MailServer.Start();
        (await Send(server, Some.News(Some.Slow()), ("ca_file", "/none"))).ShouldBeOfType<SendResult.RetryLater>()
            .Reason.ShouldContain("TLS with localhost failed");
        (await Send(server, Some.News(Some.Slow()), ("host", "127.0.0.2"))).ShouldBeOfType<SendResult.RetryLater>();
    }

    [Theory]
    [InlineData("MAIL", "451 try later", true)]
    [InlineData("MAIL", "550 not you", false)]
    [InlineData("RCPT", "450 greylisted", true)]
    [InlineData("RCPT", "550 no such user", false)]
    [InlineData("DATA", "452 disk full", true)]
    [InlineData("DATA", "554 looks like spam", false)]
    public async Task Four_hundred_is_tried_again_and_five_hundred_is_final(string step, string answer, bool again)
    {
        await using MailServer server = await MailServer.Start(new JsonObject { ["answers"] = new JsonObject { [step] = answer } });
        SendResult result = await Send(server, Some.News(Some.Slow()));
        if (again)
        {
            SendResult.RetryLater later = result.ShouldBeOfType<SendResult.RetryLater>();
            later.Reason.ShouldContain(answer);
            later.MayHaveArrived.ShouldBeFalse();
        }
        else
        {
            result.ShouldBeOfType<SendResult.Rejected>().Reason.ShouldContain(answer);
        }
    }

    [Fact]
    public async Task When_some_recipients_are_refused_the_others_get_it_and_the_answer_says_so()
    {
        await using MailServer server = await MailServer.Start(
            new JsonObject { ["answers"] = new JsonObject { ["devops@example.com"] = "550 unknown" } });
        (await Send(server, Some.News(Some.Slow()))).ShouldBeOfType<SendResult.Sent>().Answer.ShouldContain("1 of 2 recipients refused: 550 unknown");
        (await server.Next())["to"]!.AsArray().Select(t => t!.GetValue<string>()).ShouldBe(["oncall@example.com"]);
    }

    [Fact]
    public async Task No_answer_to_the_message_may_have_arrived()
    {
        await using MailServer server = await MailServer.Start(new JsonObject { ["answers"] = new JsonObject { ["DATA"] = "hang" } });
        using ChannelContext context = Receiver.Context(TimeSpan.FromMilliseconds(500));
        using Channel channel = server.Channel(context);
        (await channel.Send(Some.News(Some.Slow()), Cancel)).ShouldBeOfType<SendResult.RetryLater>().MayHaveArrived.ShouldBeTrue();
    }

    [Fact]
    public async Task Hostile_text_adds_no_header_no_recipient_and_no_markup()
    {
        await using MailServer server = await MailServer.Start();
        (await Send(server, Some.News(Some.Saying(Some.Hostile)))).ShouldBeOfType<SendResult.Sent>();
        JsonNode mail = await server.Next();
        mail["names"]!.AsArray().Select(n => n!.GetValue<string>()).ShouldBe(["auto-submitted", "content-type", "date", "from", "message-id",
            "mime-version", "references", "subject", "to", "x-auto-response-suppress"]);
        mail["to"]!.AsArray().Count.ShouldBe(2);
        Header(mail, "Subject").ShouldStartWith("[CRITICAL] System Crash: <!channel> <@U123>");
        Header(mail, "Subject").ShouldEndWith("Ä 🚨");
        string html = mail["html"]!.GetValue<string>();
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<!channel");
        html.ShouldNotContain("javascript:");
        mail["text"]!.GetValue<string>().Replace("\r", "").ShouldContain("\n.\nÄ 🚨");
        NothingBroken(mail);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public async Task Random_text_comes_back_as_it_was()
    {
        await using MailServer server = await MailServer.Start(tls: false);
        var random = FuzzSeed.Random(1);
        for (int i = 0; i < 30; i++)
        {
            Alert alert = Some.Slow() with { Title = Noise.Text(random, 80), Message = Noise.Text(random, 300) };
            Notification news = Some.News(alert);
            (await Send(server, news, ("tls", "none"))).ShouldBeOfType<SendResult.Sent>();
            JsonNode mail = await server.Next();
            Plain(Header(mail, "Subject")).ShouldBe(Plain(AlertText.Headline(news)));
            mail["text"]!.GetValue<string>().ReplaceLineEndings("\n").TrimEnd('\n')
                .ShouldBe(EmailChannel.PlainText(news).ReplaceLineEndings("\n").TrimEnd('\n'));
            NothingBroken(mail);
        }
    }

    [Fact]
    public async Task A_digest_lists_its_alerts_and_the_end_says_resolved()
    {
        await using MailServer server = await MailServer.Start(tls: false);
        await Send(server, Some.Digest(Some.Crash(), Some.Slow(8)) with { Digest = new DigestSummary(7, 0, Some.Time) }, ("tls", "none"));
        JsonNode digest = await server.Next();
        Header(digest, "Subject").ShouldBe("[DIGEST] 7 alerts: 7 firing (1 CRITICAL), 0 resolved");
        digest["text"]!.GetValue<string>().ShouldContain("and 5 more");
        digest["html"]!.GetValue<string>().ShouldContain("https://tocsin.example.com/alerts\"");
        await Send(server, Some.News(Some.Over(Some.Slow()), NotificationReason.Resolved), ("tls", "none"));
        JsonNode end = await server.Next();
        Header(end, "Subject").ShouldBe("[RESOLVED] Slow query 8");
        end["text"]!.GetValue<string>().ShouldContain("Resolved: 2026-01-02 03:07:25 UTC (after 3 min 20 s)");
    }

    private static async Task<SendResult> Send(MailServer server, Notification news, params (string Key, string Value)[] settings)
    {
        using ChannelContext context = Receiver.Context();
        using Channel channel = server.Channel(context, settings);
        return await channel.Send(news, Cancel);
    }

    private static void NothingBroken(JsonNode mail)
    {
        mail["defects"]!.AsArray().ShouldBeEmpty();
        mail["longest"]!.GetValue<int>().ShouldBeLessThan(998);
    }

    private static JsonObject Account(params string[] exclude) => new()
    {
        ["user"] = "ada", ["password"] = "pässword",
        ["exclude"] = new JsonArray([.. exclude.Where(e => e.Length > 0).Select(e => (JsonNode)e)]),
    };

    private static string Header(JsonNode mail, string name) => mail["headers"]![name]!.GetValue<string>();

    /// <summary>How many blanks stand between words is nobody's business.</summary>
    private static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
