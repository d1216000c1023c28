using System.Globalization;
using System.Net.Mail;

namespace Tocsin.Channels;

/// <summary>
/// Reads the values of one channel by its fields and collects what is wrong with them; after an error the returned value
/// is a placeholder and the channel must not be built.
/// </summary>
public sealed class SettingReader(IReadOnlyDictionary<string, string> values)
{
    private readonly List<SettingError> _errors = [];

    public IReadOnlyList<SettingError> Errors => _errors;

    public void Fail(SettingField field, string expected) => _errors.Add(new SettingError(field.Key, expected));

    public void RejectUnknown(IReadOnlyList<SettingField> known)
    {
        foreach (string key in values.Keys.Where(key => known.All(field => field.Key != key)).Order(StringComparer.Ordinal))
            _errors.Add(new SettingError(key, $"unknown key; one of {string.Join(", ", known.Select(f => f.Key))} is expected"));
    }

    public string? Text(SettingField field)
    {
        if (values.TryGetValue(field.Key, out string? value) && value.Length > 0)
            return value;
        if (field.Required)
            Fail(field, $"{field.Format} is expected, and is required");
        return field.Default;
    }

    public string RequiredText(SettingField field) => Text(field) ?? "";

    public Uri Url(SettingField field)
    {
        string? text = Text(field);
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.Host.Length > 0)
        {
            if (url.UserInfo.Length > 0)
                Fail(field, $"{field.Format} is expected, without user name and password in it");
            return url;
        }
        if (text is not null)
            Expected(field, text);
        return new Uri("http://invalid/");
    }

    public int Number(SettingField field, int min, int max)
    {
        string? text = Text(field);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max)
            return number;
        if (text is not null)
            Expected(field, text);
        return min;
    }

    /// <summary>One of the listed words.</summary>
    public string Choice(SettingField field, params ReadOnlySpan<string> words)
    {
        string? text = Text(field);
        foreach (string word in words)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
                return word;
        }
        if (text is not null)
            Expected(field, text);
        return words[0];
    }

    public IReadOnlyList<string> List(SettingField field) =>
        Text(field)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    public IReadOnlyList<MailAddress> Addresses(SettingField field)
    {
        var addresses = new List<MailAddress>();
        foreach (string text in List(field))
        {
            if (MailAddress.TryCreate(text, out MailAddress? address) && IsPlain(address.Address))
                addresses.Add(address);
            else
                Expected(field, text);
        }
        if (addresses.Count == 0 && _errors.All(e => e.Key != field.Key))
            Fail(field, $"{field.Format} is expected, and is required");
        return addresses;
    }

    /// <summary>Values of <typeparamref name="T"/>, by name in any case.</summary>
    public IReadOnlyList<T> Names<T>(SettingField field)
        where T : struct, Enum
    {
        var found = new List<T>();
        foreach (string text in List(field))
        {
            if (Enum.TryParse(text, true, out T value) && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase))
                found.Add(value);
            else
                Expected(field, text);
        }
        return found;
    }

    private void Expected(SettingField field, string found) =>
        Fail(field, field.Secret ? $"{field.Format} is expected" : $"{field.Format} is expected, found '{Channels.Text.Cut(found, 60)}'");

    /// <summary>Visible ASCII without blanks: what every SMTP server takes, and nothing that could end a command.</summary>
    private static bool IsPlain(string address) => address.Length <= 254 && address.All(c => c is > ' ' and < (char)127);
}
