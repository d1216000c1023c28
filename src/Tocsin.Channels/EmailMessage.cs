using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace Tocsin.Channels;

/// <summary>A mail as lines of ASCII (RFC 5322 and MIME): text and HTML side by side, nothing that a header can be broken with.</summary>
internal static class EmailMessage
{
    private const int EncodedWordBytes = 42;

    public static IEnumerable<string> Lines(
        EmailSettings settings, Notification notification, string text, string html, DateTimeOffset now)
    {
        string boundary = $"=_{notification.Id}";
        string domain = settings.From.Host;
        yield return $"From: {Address(settings.From)}";
        yield return $"To: {string.Join(",\r\n ", settings.To.Select(Address))}";
        yield return $"Subject: {Encode(AlertText.Headline(notification))}";
        yield return $"Date: {now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)}";
        // The same in every attempt, so that a mailbox can tell a repeat.
        yield return $"Message-ID: <{notification.Id}@{domain}>";
        // A conversation per alert: its end is shown below its beginning.
        if (notification.Reason is not (NotificationReason.Digest or NotificationReason.Test))
            yield return $"References: <alert-{notification.Alerts[0].Id}@{domain}>";
        yield return "Auto-Submitted: auto-generated";
        yield return "X-Auto-Response-Suppress: All";
        yield return "MIME-Version: 1.0";
        yield return $"Content-Type: multipart/alternative; boundary=\"{boundary}\"";
        yield return "";
        foreach ((string type, string body) in new[] { ("text/plain", text), ("text/html", html) })
        {
            yield return $"--{boundary}";
            yield return $"Content-Type: {type}; charset=utf-8";
            yield return "Content-Transfer-Encoding: base64";
            yield return "";
            foreach (string line in Base64(body))
                yield return line;
        }
        yield return $"--{boundary}--";
    }

    /// <summary>RFC 2047: readable ASCII as it is, anything else as encoded words that each end with a whole character.</summary>
    internal static string Encode(string text)
    {
        if (text.All(c => c is >= ' ' and < (char)127) && !text.Contains("=?", StringComparison.Ordinal))
            return text;
        var words = new List<string>();
        var word = new List<byte>(EncodedWordBytes);
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            Rune safe = Rune.IsControl(rune) ? new Rune(' ') : rune;
            if (word.Count + safe.Utf8SequenceLength > EncodedWordBytes)
                Flush();
            word.AddRange(bytes[..safe.EncodeToUtf8(bytes)]);
        }
        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String(word.ToArray())}?=");
            word.Clear();
        }
    }

    private static string Address(MailAddress address)
    {
        if (address.DisplayName.Length == 0)
            return $"<{address.Address}>";
        string name = Text.OneLine(address.DisplayName, 60);
        bool quotable = name.All(c => c is >= ' ' and < (char)127 and not '"' and not '\\');
        return $"{(quotable ? $"\"{name}\"" : Encode(name))} <{address.Address}>";
    }

    private static IEnumerable<string> Base64(string body)
    {
        string text = Convert.ToBase64String(Encoding.UTF8.GetBytes(body));
        for (int at = 0; at < text.Length; at += 76)
            yield return text.Substring(at, Math.Min(76, text.Length - at));
    }
}
