using System.Net;
using System.Text;
using Tocsin.Model.Alerts;

namespace Tocsin.Channels;

/// <summary>Sends mail over SMTP, as text and HTML.</summary>
internal sealed class EmailChannel(string name, EmailSettings settings, ChannelContext context) : Channel(name, "email")
{
    private const int StackLines = 25;

    /// <summary>Mail servers look for viruses before they answer; giving up earlier would send the same mail many times.</summary>
    private const int Patience = 4;

    public static Channel? Create(ChannelSettings channel, SettingReader from, ChannelContext context) =>
        EmailSettings.Read(from) is { } settings ? new EmailChannel(channel.Name, settings, context) : null;

    public override async Task<SendResult> Send(Notification notification, CancellationToken cancel)
    {
        TimeSpan timeout = context.Timeout * Patience;
        using var deadline = new CancellationTokenSource(timeout, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        var conversation = new SmtpConversation(settings);
        try
        {
            return await conversation.Deliver(
                settings.From.Address, [.. settings.To.Select(a => a.Address)],
                EmailMessage.Lines(settings, notification, PlainText(notification), Html(notification), context.Clock.GetUtcNow()),
                either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new SendResult.RetryLater(
                $"{settings.Host} did not answer within {timeout.TotalSeconds:0.#} s", MayHaveArrived: conversation.HandedOver);
        }
    }

    internal static string PlainText(Notification notification)
    {
        var text = new StringBuilder();
        text.Append(AlertText.Headline(notification)).Append("\n\n");
        foreach ((string title, string body) in Sections(notification))
            text.Append(title.Length > 0 ? $"{title.ToUpperInvariant()}\n" : "").Append(body).Append("\n\n");
        return text.ToString();
    }

    internal static string Html(Notification notification)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html><html><body style=\"font-family:system-ui,sans-serif;color:#1a1a1a\">")
            .Append($"<h2 style=\"border-left:6px solid {Colour(notification)};padding-left:10px\">")
            .Append(Escape(AlertText.Headline(notification))).Append("</h2>");
        foreach ((string title, string body) in Sections(notification))
        {
            if (title.Length > 0)
                html.Append($"<h3>{Escape(title)}</h3>");
            html.Append("<pre style=\"white-space:pre-wrap;font-family:inherit\">").Append(Escape(body)).Append("</pre>");
        }
        if (notification.ExternalUrl.Length > 0)
            html.Append($"<p><a href=\"{Escape(Page(notification))}\">Open in Tocsin</a></p>");
        return html.Append("</body></html>").ToString();
    }

    private static IEnumerable<(string Title, string Body)> Sections(Notification notification)
    {
        if (notification.Digest is { } digest)
        {
            yield return ("", $"{AlertText.DigestLine(notification)}\nHeld back since {AlertText.Time(digest.Since)} "
                + "by the rate limit of this channel.");
            yield return ("Alerts", string.Join('\n', notification.Alerts.Select(Line)));
            if (digest.Total > notification.Alerts.Count)
                yield return ("", $"and {digest.Total - notification.Alerts.Count} more");
            yield break;
        }
        Alert alert = notification.Alerts[0];
        yield return ("", AlertText.IsCrash(alert) ? $"CRASH DETECTED\n{alert.Title}" : alert.Title);
        yield return ("", string.Join('\n', AlertText.Facts(alert).Select(f => $"{f.Label}: {Text.OneLine(f.Value, 500)}")));
        yield return (AlertText.IsCrash(alert) ? "Error Message" : "What happened", AlertText.ErrorMessage(alert));
        if (alert.Diagnosis is { } diagnosis)
            yield return ("Likely cause", $"{diagnosis.LikelyCause}\n{diagnosis.Because}");
        if (!Notification.IsOver(alert) && AlertText.NextSteps(alert) is { Count: > 0 } steps)
            yield return ("Next steps", string.Join('\n', steps.Select((step, i) => $"{i + 1}. {step}")));
        if (AlertText.StackTrace(alert) is { Count: > 0 } stack)
            yield return ("Stack trace", string.Join('\n', stack.Take(StackLines)));
        if (alert.RelatedLogs.Count > 0)
            yield return ("Last log records", string.Join('\n', alert.RelatedLogs.TakeLast(10)
                .Select(log => $"{log.Time.UtcDateTime:HH:mm:ss.fff} {log.Level} {log.Service} {Text.OneLine(log.Message, 300)}")));
        if (notification.LinkTo(alert) is { } page)
            yield return ("", page);
        if (Text.WebAddress(alert.RunbookUrl) is { } runbook)
            yield return ("", $"Runbook: {runbook}");
    }

    private static string Line(Alert alert) =>
        $"{(Notification.IsOver(alert) ? "RESOLVED" : AlertText.Word(alert.Priority)),-9} {AlertText.Name(alert)}: "
        + Text.OneLine(alert.Message, 200);

    private static string Page(Notification notification) =>
        notification.Digest is null ? notification.LinkTo(notification.Alerts[0])! : $"{notification.ExternalUrl}/alerts";

    private static string Colour(Notification notification) => notification switch
    {
        { IsResolved: true } => "#2e7d32",
        { Reason: NotificationReason.Test } => "#1565c0",
        { Alerts: [{ Priority: AlertPriority.Critical }, ..] } => "#c62828",
        { Alerts: [{ Priority: AlertPriority.High }, ..] } => "#ef6c00",
        _ => "#f9a825",
    };

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
