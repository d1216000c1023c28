namespace TocsinSdk.Redaction;

/// <summary>A command line as it may be stored: without secrets, also "--password x", where the name stands alone.</summary>
internal static class CommandText
{
    public static string Of(IReadOnlyList<string> arguments, Redactor redactor)
    {
        var clean = new string[arguments.Count];
        for (var i = 0; i < clean.Length; i++)
        {
            var name = i == 0 ? "" : arguments[i - 1].TrimStart('-');
            var isValueOfName = name.Length > 0 && name.Length < arguments[i - 1].Length && !name.Contains('=')
                && !arguments[i].StartsWith('-');
            clean[i] = isValueOfName && redactor.IsSensitive(name)
                ? redactor.MaskOf(arguments[i]) : redactor.Redact(arguments[i]);
        }

        return string.Join(' ', clean);
    }
}
