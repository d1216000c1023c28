using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Tocsin.Model.Alerts;

namespace Tocsin.Channels;

/// <summary>What a webhook channel needs.</summary>
internal sealed record WebhookSettings(Uri Url, IReadOnlyList<byte[]> Secrets, string? BearerToken)
{
    private static readonly SettingField UrlField = new("url", "Address that receives a POST for every notification.",
        "an http or https address") { Required = true, Secret = true };

    private static readonly SettingField SecretsField = new("secrets",
        "Standard Webhooks secrets; several while you change from one to the next.",
        "whsec_ followed by the Base64 of 24 to 64 random bytes (several separated by commas)") { Secret = true };

    private static readonly SettingField TokenField = new("bearer_token", "Sent as Authorization: Bearer ….",
        "a token without blanks") { Secret = true };

    public static readonly IReadOnlyList<SettingField> Fields = [UrlField, SecretsField, TokenField];

    public static WebhookSettings Read(SettingReader from)
    {
        var secrets = new List<byte[]>();
        foreach (string text in from.List(SecretsField))
        {
            if (StandardSignature.ParseSecret(text) is { } secret)
                secrets.Add(secret);
            else
                from.Fail(SecretsField, $"{SecretsField.Format} is expected");
        }
        string? token = from.Text(TokenField);
        if (token is not null && !token.All(c => c is > ' ' and < (char)127))
            from.Fail(TokenField, $"{TokenField.Format} is expected");
        return new WebhookSettings(from.Url(UrlField), secrets, token);
    }
}

/// <summary>Posts the body Alertmanager's webhook receivers expect (version 4), signed as Standard Webhooks ask.</summary>
internal sealed class WebhookChannel(string name, WebhookSettings settings, ChannelContext context) : Channel(name, "webhook")
{
    /// <summary>Go's zero time: what Alertmanager writes while an alert has no end.</summary>
    private const string NoEnd = "0001-01-01T00:00:00Z";

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    private static readonly JsonSerializerOptions Quoted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StandardSignature _signature = new(settings.Secrets);

    public static Channel? Create(ChannelSettings channel, SettingReader from, ChannelContext context) =>
        new WebhookChannel(channel.Name, WebhookSettings.Read(from), context);

    public override Task<SendResult> Send(Notification notification, CancellationToken cancel)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(Payload(notification), Plain);
        var headers = new List<(string, string)>(_signature.Headers(notification.Id, context.Clock.GetUtcNow(), body));
        if (settings.BearerToken is { } token)
            headers.Add(("Authorization", $"Bearer {token}"));
        return context.Http.Post(settings.Url, body, headers, null, cancel);
    }

    internal static JsonObject Payload(Notification notification)
    {
        var labels = notification.Alerts.Select(WebhookLabels.Of).ToList();
        var annotations = notification.Alerts.Select(WebhookLabels.Annotations).ToList();
        SortedDictionary<string, string> common = WebhookLabels.Common(labels);
        var group = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (common.TryGetValue("alertname", out string? name))
            group["alertname"] = name;
        return new JsonObject
        {
            ["version"] = "4",
            ["groupKey"] = $"{{}}:{{{string.Join(", ", group.Select(l => $"{l.Key}={JsonSerializer.Serialize(l.Value, Quoted)}"))}}}",
            ["truncatedAlerts"] = Math.Max(0, (notification.Digest?.Total ?? 0) - notification.Alerts.Count),
            ["status"] = notification.Alerts.All(Notification.IsOver) ? "resolved" : "firing",
            ["receiver"] = Quote(notification.Receiver),
            ["notification_reason"] = ReasonOf(notification),
            ["groupLabels"] = Json(group),
            ["commonLabels"] = Json(common),
            ["commonAnnotations"] = Json(WebhookLabels.Common(annotations)),
            ["routeLabels"] = new JsonObject(),
            ["externalURL"] = notification.ExternalUrl,
            ["alerts"] = new JsonArray([.. notification.Alerts.Select((alert, i) =>
                AlertJson(notification, alert, labels[i], annotations[i]))]),
        };
    }

    private static JsonNode AlertJson(
        Notification notification, Alert alert,
        SortedDictionary<string, string> labels, SortedDictionary<string, string> annotations) => new JsonObject
    {
        ["status"] = Notification.IsOver(alert) ? "resolved" : "firing",
        ["labels"] = Json(labels),
        ["annotations"] = Json(annotations),
        ["startsAt"] = Rfc3339(alert.StartsAt),
        ["endsAt"] = Notification.IsOver(alert) ? Rfc3339(alert.EndsAt ?? alert.LastSeenAt) : NoEnd,
        ["generatorURL"] = notification.LinkTo(alert) ?? "",
        ["fingerprint"] = WebhookLabels.Fingerprint(labels),
    };

    /// <summary>Receivers written for Alertmanager know only its own five reasons.</summary>
    private static string ReasonOf(Notification notification) => notification.Reason switch
    {
        NotificationReason.Resolved => "all alerts resolved",
        NotificationReason.Reopened or NotificationReason.Escalated => "new alerts added",
        NotificationReason.Digest when notification.IsResolved => "all alerts resolved",
        NotificationReason.Digest when notification.Alerts.Any(Notification.IsOver) => "some alerts resolved",
        NotificationReason.Digest => "new alerts added",
        _ => "first notification",
    };

    /// <summary>As Go's regexp.QuoteMeta: Alertmanager sends the receiver's name as a pattern.</summary>
    private static string Quote(string name) => Regex.Replace(name, @"[\\.+*?()|\[\]{}^$]", @"\$0");

    private static string Rfc3339(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject Json(SortedDictionary<string, string> pairs) =>
        new(pairs.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));
}
