using System.Text.RegularExpressions;

namespace Tocsin.Crashes.Grouping;

/// <summary>
/// A message without what changes from crash to crash: addresses, ids, numbers, dates, durations and quoted values
/// become
/// placeholders. Idempotent, and linear in the length of the text.
/// </summary>
internal static class MessageShape
{
    private const int MaxText = 4096, MaxRounds = 6;
    private const RegexOptions Linear =
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    // No pattern may begin with something optional: .NET 10's linear engine then misses matches (the tests
    // compare it with the usual engine).
    private static readonly Regex s_url = new(@"\b[a-z][a-z0-9+.\-]{1,20}://[^\s'""<>]+", Linear);
    private static readonly Regex s_email = new(@"\b[a-z0-9._%+\-]+@[a-z0-9\-]+(\.[a-z0-9\-]+)+", Linear);
    private static readonly Regex s_uuid = new(@"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        Linear);
    private static readonly Regex s_date = new(
        @"\b[0-9]{4}-[0-9]{2}-[0-9]{2}([ t][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?)?(z|[+\-][0-9]{2}:?[0-9]{2})?\b"
        + @"|\b[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}\b", Linear);
    private static readonly Regex s_ip = new(
        @"\b[0-9]{1,3}(\.[0-9]{1,3}){3}(:[0-9]{1,5})?\b|\[[0-9a-f]*:[0-9a-f:]*\](:[0-9]{1,5})?"
        + @"|\b([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b", Linear);
    private static readonly Regex s_quoted = new(@"'[^'\n]*'|""[^""\n]*""|`[^`\n]*`", Linear);
    private static readonly Regex s_duration = new(
        @"\b[0-9]+:[0-9]{2}(:[0-9]{2})?([.,][0-9]+)?\b"
        + @"|\b[0-9]+([.,][0-9]+)? ?(ns|us|µs|ms|milliseconds?|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|d|days?)\b",
        Linear);
    private static readonly Regex s_hex = new(@"\b0x[0-9a-f]+\b|\b[0-9a-f]{8,}\b", Linear);
    private static readonly Regex s_number = new(@"[0-9]+([.,][0-9]+)*", Linear);
    private static readonly Regex s_blanks = new(@"\s+", Linear);

    internal static IReadOnlyList<Regex> Patterns =>
        [s_url, s_email, s_uuid, s_date, s_ip, s_quoted, s_duration, s_hex, s_number, s_blanks];

    public static string Of(string message)
    {
        string text = FirstLines(message.Length > MaxText ? message[..MaxText] : message);
        // A placeholder can uncover something next to it ("2http://…"), so look again until nothing changes.
        for (int round = 0; round < MaxRounds; round++)
        {
            string next = Once(text);
            if (next == text)
                break;
            text = next;
        }
        return text;
    }

    private static string Once(string text)
    {
        text = s_url.Replace(text, "<url>");
        text = s_email.Replace(text, "<email>");
        text = s_uuid.Replace(text, "<uuid>");
        text = s_date.Replace(text, "<date>");
        text = s_ip.Replace(text, "<ip>");
        text = s_quoted.Replace(text, "<quoted>");
        text = s_duration.Replace(text, "<duration>");
        text = s_hex.Replace(text, m => m.ValueSpan.ContainsAnyInRange('0', '9') ? "<hex>" : m.Value);
        text = s_number.Replace(text, "<num>");
        return s_blanks.Replace(text, " ").Trim();
    }

    /// <summary>The first two lines that are not blank: what follows is detail.</summary>
    private static string FirstLines(string text) =>
        string.Join(' ',
            text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(2));
}
