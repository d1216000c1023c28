using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tocsin.Channels.Tests.Smtp;

/// <summary>aiosmtpd as a process of its own, with a certificate made for the test; mails are read by Python's parser.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<string?> s_python = new(FindPython);
    private readonly string _folder;
    private readonly Process _process;

    private MailServer(string folder, Process process) => (_folder, _process) = (folder, process);

    public int Port { get; private set; }

    public string Authority => Path.Combine(_folder, "certificate.pem");

    public static void SkipUnlessThereIsOne() =>
        Assert.SkipUnless(s_python.Value is not null, "no Python with aiosmtpd: install the Debian package python3-aiosmtpd");

    public static async Task<MailServer> Start(JsonObject? config = null, bool tls = true)
    {
        SkipUnlessThereIsOne();
        string folder = Directory.CreateTempSubdirectory("mail-").FullName;
        config ??= [];
        if (tls)
        {
            WriteCertificate(folder);
            config["certificate"] = Path.Combine(folder, "certificate.pem");
            config["key"] = Path.Combine(folder, "key.pem");
        }
        var start = new ProcessStartInfo(s_python.Value!) { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Smtp", "mail_server.py"));
        start.ArgumentList.Add(config.ToJsonString());
        var server = new MailServer(folder, Process.Start(start)!);
        server.Port = int.Parse(await server.Line());
        return server;
    }

    /// <summary>The next accepted message.</summary>
    public async Task<JsonNode> Next() => JsonNode.Parse(await Line())!;

    public Channel Channel(ChannelContext context, params (string Key, string Value)[] more)
    {
        var values = new Dictionary<string, string>
        {
            ["host"] = "localhost", ["port"] = $"{Port}", ["ca_file"] = Authority,
            ["from_addr"] = "Tocsin <tocsin@example.com>", ["to_addrs"] = "devops@example.com, oncall@example.com",
        };
        foreach ((string key, string value) in more)
            values[key] = value;
        if (!File.Exists(values["ca_file"]))
            values.Remove("ca_file");
        ChannelSetup setup = ChannelKinds.Create(new ChannelSettings("mail", "email", values), context);
        setup.Errors.ShouldBeEmpty();
        return setup.Channel!.Channel;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, true);
    }

    private async Task<string> Line() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience) ?? throw new InvalidOperationException("the mail server ended");

    private static void WriteCertificate(string folder)
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static string? FindPython()
    {
        foreach (string python in new[] { "/usr/bin/python3", "python3" })
        {
            try
            {
                var start = new ProcessStartInfo(python, ["-c", "import aiosmtpd"]) { RedirectStandardError = true };
                using Process process = Process.Start(start)!;
                process.StandardError.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0)
                    return python;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not on this machine.
            }
        }
        return null;
    }
}
