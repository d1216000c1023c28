using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Tocsin.Model.Alerts;

namespace Tocsin.Channels;

/// <summary>What a Slack channel needs.</summary>
internal sealed record SlackSettings(Uri Url)
{
    private static readonly SettingField UrlField = new("url",
        "Address of the incoming webhook, from the Slack app's page \"Incoming Webhooks\".",
        "an address such as https://hooks.slack.com/services/T…/B…/…") { Required = true, Secret = true };

    public static readonly IReadOnlyList<SettingField> Fields = [UrlField];

    public static SlackSettings Read(SettingReader from) => new(from.Url(UrlField));
}

/// <summary>Posts to a Slack incoming webhook: blocks for the window, one line of text for the lock screen.</summary>
internal sealed class SlackChannel(string name, SlackSettings settings, HttpSender http) : Channel(name, "slack")
{
    // Slack's own limits; a message beyond them is refused as a whole.
    private const int SectionChars = 3000;
    private const int FieldChars = 2000;
    private const int MaxFields = 10;
    private const int MaxBlocks = 50;
    private const int DigestLines = 30;

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static Channel? Create(ChannelSettings channel, SettingReader from, ChannelContext context) =>
        new SlackChannel(channel.Name, SlackSettings.Read(from), context.Http);

    public override Task<SendResult> Send(Notification notification, CancellationToken cancel) =>
        http.Post(settings.Url, JsonSerializer.SerializeToUtf8Bytes(Payload(notification), Plain), [], Judge, cancel);

    /// <summary>Slack may answer 200 and still not have posted: only the body "ok" counts.</summary>
    private static SendResult? Judge(HttpAnswer answer) => answer.Body switch
    {
        "ok" => null,
        _ when answer.Body.Contains("\"ok\":true", StringComparison.Ordinal) => null,
        _ when answer.Body.Contains("ratelimited", StringComparison.Ordinal)
            || answer.Body.Contains("rate_limited", StringComparison.Ordinal) =>
            new SendResult.RetryLater(answer.ToString(), answer.RetryAfter),
        "" => new SendResult.RetryLater($"{answer} without the \"ok\" of Slack", MayHaveArrived: true),
        _ => new SendResult.Rejected($"{answer}; Slack did not answer \"ok\""),
    };

    internal static JsonObject Payload(Notification notification)
    {
        IEnumerable<JsonObject?> blocks = notification.Reason == NotificationReason.Digest
            ? DigestBlocks(notification)
            : AlertBlocks(notification, notification.Alerts[0]);
        return new JsonObject
        {
            ["text"] = Text.Cut(Escape(AlertText.Headline(notification)), SectionChars),
            ["blocks"] = new JsonArray([.. blocks.OfType<JsonObject>().Take(MaxBlocks)]),
        };
    }

    private static IEnumerable<JsonObject?> AlertBlocks(Notification notification, Alert alert)
    {
        yield return Header(Banner(notification, alert));
        yield return Section($"*{Escape(Text.OneLine(alert.Title, 300))}*");
        yield return Fields(alert);
        yield return Labelled(AlertText.IsCrash(alert) ? "Error Message" : "What happened", AlertText.ErrorMessage(alert));
        if (alert.Diagnosis is { } diagnosis)
            yield return Labelled("Likely cause", $"{diagnosis.LikelyCause}\n{diagnosis.Because}");
        if (!Notification.IsOver(alert) && AlertText.NextSteps(alert) is { Count: > 0 } steps)
            yield return Labelled("Next steps", string.Join('\n', steps.Select((step, i) => $"{i + 1}. {Text.Cut(step, 500)}")));
        yield return Links(notification, alert);
    }

    private static IEnumerable<JsonObject?> DigestBlocks(Notification notification)
    {
        yield return Header("📋 ALERT DIGEST");
        yield return Section($"*{Escape(AlertText.DigestLine(notification))}*\n"
            + $"Held back since {AlertText.Time(notification.Digest!.Since)} by the rate limit of this channel.");
        foreach (Alert alert in notification.Alerts.Take(DigestLines))
            yield return Section($"{Dot(alert)} *{(Notification.IsOver(alert) ? "RESOLVED" : AlertText.Word(alert.Priority))}* "
                + Link(notification.LinkTo(alert), AlertText.Name(alert)) + $"\n{Escape(Text.OneLine(alert.Message, 300))}");
        int rest = notification.Digest.Total - Math.Min(notification.Alerts.Count, DigestLines);
        if (rest > 0)
            yield return Section(Link(notification.ExternalUrl.Length > 0 ? $"{notification.ExternalUrl}/alerts" : null, $"and {rest} more"));
    }

    private static string Banner(Notification notification, Alert alert) => notification.Reason switch
    {
        NotificationReason.Resolved => "✅ RESOLVED",
        NotificationReason.Test => "🔔 TEST",
        NotificationReason.Reopened => $"🔁 RE-OPENED ({AlertText.Word(alert.Priority)})",
        NotificationReason.Escalated => $"⏫ ESCALATED ({AlertText.Word(alert.Priority)})",
        _ when AlertText.IsCrash(alert) => "🚨 CRASH DETECTED",
        _ => $"{Dot(alert)} {AlertText.Word(alert.Priority)} ALERT",
    };

    private static string Dot(Alert alert) => Notification.IsOver(alert) ? "✅" : alert.Priority switch
    {
        AlertPriority.Critical => "🔴",
        AlertPriority.High => "🟠",
        AlertPriority.Medium => "🟡",
        _ => "🔵",
    };

    private static JsonObject Fields(Alert alert) => new()
    {
        ["type"] = "section",
        ["fields"] = new JsonArray([.. AlertText.Facts(alert).Take(MaxFields)
            .Select(fact => Markdown($"*{fact.Label}*\n{Text.Cut(Escape(Text.OneLine(fact.Value, 300)), FieldChars - 40)}"))]),
    };

    private static JsonObject? Links(Notification notification, Alert alert)
    {
        string[] links = [.. new[]
        {
            notification.LinkTo(alert) is { } page ? Link(page, "Open in Tocsin") : "",
            Text.WebAddress(alert.RunbookUrl) is { } runbook ? Link(runbook, "Runbook") : "",
        }.Where(link => link.Length > 0)];
        return links.Length == 0 ? null : new JsonObject
        {
            ["type"] = "context",
            ["elements"] = new JsonArray(Markdown(string.Join("  ·  ", links))),
        };
    }

    private static string Link(string? address, string label) => address is null
        ? Escape(Text.OneLine(label, 300))
        : $"<{Escape(address).Replace("|", "%7C", StringComparison.Ordinal)}|{Escape(Text.OneLine(label, 300))}>";

    private static JsonObject Header(string text) => new()
    {
        ["type"] = "header",
        ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = text, ["emoji"] = true },
    };

    private static JsonObject Labelled(string label, string value) =>
        Section($"*{label}*\n{CutEscaped(Text.Lines(value), SectionChars - label.Length - 3)}");

    private static JsonObject Section(string markdown) => new() { ["type"] = "section", ["text"] = Markdown(markdown) };

    /// <summary>Verbatim: otherwise Slack itself looks for @here, #channels and addresses in the text.</summary>
    private static JsonObject Markdown(string text) => new() { ["type"] = "mrkdwn", ["text"] = text, ["verbatim"] = true };

    /// <summary>Without these three nothing can become a link, a mention of people or &lt;!channel&gt;.</summary>
    internal static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Escaping lengthens, so it is cut before and measured after.</summary>
    private static string CutEscaped(string text, int max)
    {
        string escaped = Escape(text);
        for (int keep = max; escaped.Length > max; keep = keep * 3 / 4)
            escaped = Escape(Text.Cut(text, keep));
        return escaped;
    }
}
