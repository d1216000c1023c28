using System.Net.Mail;

namespace Tocsin.Channels;

internal enum EmailTls
{
    StartTls,
    Implicit,
    None,
}

/// <summary>What an email channel needs.</summary>
internal sealed record EmailSettings
{
    private static readonly SettingField HostField = new("host", "Name of the mail server.",
        "a host name such as smtp.example.com") { Required = true };

    private static readonly SettingField PortField = new("port",
        "587 for starttls, 465 for implicit.", "a port from 1 to 65535") { Default = "587" };

    private static readonly SettingField TlsField = new("tls",
        "starttls (required of the server, never skipped), implicit, or none for a relay on the same machine.",
        "starttls, implicit or none") { Default = "starttls" };

    private static readonly SettingField CaField = new("ca_file",
        "PEM file with the certificates to trust instead of the system's.", "a path to a PEM file");

    private static readonly SettingField UserField = new("username", "Account to log in with.", "a user name");

    private static readonly SettingField PasswordField = new("password", "Its password.", "a password") { Secret = true };

    private static readonly SettingField FromField = new("from_addr", "Sender.", "one mail address") { Required = true };

    private static readonly SettingField ToField = new("to_addrs", "Recipients.", "a list of mail addresses") { Required = true };

    public static readonly IReadOnlyList<SettingField> Fields =
        [HostField, PortField, TlsField, CaField, UserField, PasswordField, FromField, ToField];

    public required string Host { get; init; }
    public required int Port { get; init; }
    public required EmailTls Tls { get; init; }
    public TrustAnchors? Trust { get; init; }
    public string? Username { get; init; }
    public string? Password { get; init; }
    public required MailAddress From { get; init; }
    public required IReadOnlyList<MailAddress> To { get; init; }

    /// <summary>What the client calls itself; some servers refuse names with odd characters.</summary>
    public string HelloName { get; } = Uri.CheckHostName(Environment.MachineName) == UriHostNameType.Dns
        ? Environment.MachineName
        : "localhost";

    public static EmailSettings? Read(SettingReader from)
    {
        string host = from.RequiredText(HostField);
        if (host.Length > 0 && Uri.CheckHostName(host) == UriHostNameType.Unknown)
            from.Fail(HostField, $"{HostField.Format} is expected, found '{Text.OneLine(host, 60)}'");
        IReadOnlyList<MailAddress> sender = [];
        if (from.RequiredText(FromField).Length > 0)
            sender = from.Addresses(FromField);
        if (sender.Count > 1)
            from.Fail(FromField, $"{FromField.Format} is expected, found {sender.Count}");
        IReadOnlyList<MailAddress> recipients = from.Addresses(ToField);
        var tls = from.Choice(TlsField, "starttls", "implicit", "none") switch
        {
            "implicit" => EmailTls.Implicit,
            "none" => EmailTls.None,
            _ => EmailTls.StartTls,
        };
        string? user = from.Text(UserField), password = from.Text(PasswordField);
        CheckAccount(from, tls, user, password);
        TrustAnchors? trust = ReadTrust(from);
        int port = from.Number(PortField, 1, 65535);
        return from.Errors.Count > 0 ? null : new EmailSettings
        {
            Host = host, Port = port, Tls = tls, Trust = trust,
            Username = user, Password = password, From = sender[0], To = recipients,
        };
    }

    private static void CheckAccount(SettingReader from, EmailTls tls, string? user, string? password)
    {
        if (user is null != password is null)
            from.Fail(user is null ? UserField : PasswordField, "username and password go together; one is missing");
        if (user is not null && tls == EmailTls.None)
            from.Fail(TlsField, "starttls or implicit is expected with a username: a password must not travel in the clear");
    }

    private static TrustAnchors? ReadTrust(SettingReader from)
    {
        if (from.Text(CaField) is not { } path)
            return null;
        (TrustAnchors? trust, string? error) = TrustAnchors.Load(path);
        if (error is not null)
            from.Fail(CaField, $"a PEM file with certificates is expected, but {path} cannot be used: {error}");
        return trust;
    }
}
