using System.Buffers.Text;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Syslog;

/// <summary>
/// One message of RFC 5424, or of RFC 3164 and what is sent in its name. Views of the frame; empty is absent. Nothing is
/// malformed: what cannot be read as a header is the message.
/// </summary>
internal ref struct SyslogMessage
{
    private const int MaxPriority = 191;

    /// <summary>-1 without a priority.</summary>
    public int Facility { get; private set; }

    /// <summary>0 emergency to 7 debug; -1 without a priority.</summary>
    public int Severity { get; private set; }

    /// <summary>0 when the message does not say.</summary>
    public ulong UnixNanos { get; private set; }

    public ReadOnlySpan<byte> Host { get; private set; }

    public ReadOnlySpan<byte> App { get; private set; }

    public ReadOnlySpan<byte> ProcessId { get; private set; }

    public ReadOnlySpan<byte> MessageId { get; private set; }

    /// <summary>One element after the other, each checked: <c>[id name="value"]</c>.</summary>
    public ReadOnlySpan<byte> StructuredData { get; private set; }

    public ReadOnlySpan<byte> Text { get; private set; }

    public static SyslogMessage Parse(ReadOnlySpan<byte> frame, SyslogClock clock)
    {
        var message = new SyslogMessage { Facility = -1, Severity = -1 };
        frame = frame.TrimEnd("\0\r\n"u8);
        ReadOnlySpan<byte> rest = frame;
        if (TryPriority(ref rest, out int priority))
            (message.Facility, message.Severity) = (priority >> 3, priority & 7);
        if (!message.TryNew(rest))
            message.ReadOld(rest, clock);
        if (message.Text.StartsWith("\uFEFF"u8))
            message.Text = message.Text["\uFEFF"u8.Length..];
        return message;
    }

    private static bool TryPriority(scoped ref ReadOnlySpan<byte> text, out int priority)
    {
        priority = -1;
        if (text.Length < 3 || text[0] != '<')
            return false;
        int end = text[..Math.Min(text.Length, 5)].IndexOf((byte)'>');
        if (end < 2 || (priority = TimeText.Digits(text[1..end])) is < 0 or > MaxPriority)
            return false;
        text = text[(end + 1)..];
        return true;
    }

    // VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA [SP MSG]
    private bool TryNew(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("1 "u8))
            return false;
        text = text[2..];
        ulong time = 0;
        if (!TryWord(ref text, out ReadOnlySpan<byte> stamp) || !(stamp.IsEmpty || TimeText.TryParse(stamp, out time)))
            return false;
        if (!TryWord(ref text, out ReadOnlySpan<byte> host) || !TryWord(ref text, out ReadOnlySpan<byte> app)
            || !TryWord(ref text, out ReadOnlySpan<byte> process) || !TryWord(ref text, out ReadOnlySpan<byte> id))
            return false;
        int data = StructuredElements.Length(text);
        if (data < 0 || (data < text.Length && text[data] != ' '))
            return false;
        UnixNanos = time;
        Host = host;
        App = app;
        ProcessId = process;
        MessageId = id;
        StructuredData = text[0] == '-' ? default : text[..data];
        Text = data < text.Length ? text[(data + 1)..] : default;
        // rsyslog keeps the blank that it found after the tag.
        if (Text.StartsWith(" "u8))
            Text = Text[1..];
        return true;
    }

    // A word and the blank after it; "-" is none.
    private static bool TryWord(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> word)
    {
        int end = text.IndexOf((byte)' ');
        word = end > 0 ? text[..end] : default;
        if (end <= 0)
            return false;
        if (word is [(byte)'-'])
            word = default;
        text = text[(end + 1)..];
        return true;
    }

    // [TIMESTAMP SP [HOSTNAME SP]] [TAG["["PID"]"]:] MSG
    private void ReadOld(ReadOnlySpan<byte> text, SyslogClock clock)
    {
        bool stamped = clock.TryRead(ref text, out ulong time);
        UnixNanos = time;
        if (stamped && !TryTag(ref text, alone: false))
        {
            int end = text.IndexOf((byte)' ');
            if (end > 0 && IsHost(text[..end]))
            {
                Host = text[..end];
                text = text[(end + 1)..];
                TryTag(ref text, alone: false);
            }
        }
        else if (!stamped)
            TryTag(ref text, alone: true);
        Text = text;
    }

    // "name[pid]: " or "name: "; without a time before it only the first, for any sentence may begin like the second.
    private bool TryTag(scoped ref ReadOnlySpan<byte> text, bool alone)
    {
        int end = text.IndexOfAny((byte)' ', (byte)':', (byte)'[');
        if (end is <= 0 or > 64 || text[end] == ' ')
            return false;
        ReadOnlySpan<byte> name = text[..end], process = default;
        ReadOnlySpan<byte> rest = text[end..];
        if (rest[0] == '[')
        {
            int close = rest.IndexOf((byte)']');
            if (close is < 2 or > 64)
                return false;
            process = rest[1..close];
            rest = rest[(close + 1)..];
        }
        else if (alone)
            return false;
        if (rest.IsEmpty || rest[0] != ':' || (rest.Length > 1 && rest[1] != ' '))
            return false;
        App = name;
        ProcessId = process;
        text = rest.Length > 1 ? rest[2..] : default;
        return true;
    }

    private static bool IsHost(ReadOnlySpan<byte> word)
    {
        if (word.Length > 255)
            return false;
        foreach (byte letter in word)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'.' or (byte)'-' or (byte)'_' or (byte)':'))
                return false;
        }
        return true;
    }
}
