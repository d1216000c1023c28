using System.CommandLine;
using Tocsin.Cli.Run.Folders;
using Tocsin.Cli.Tailing;

namespace Tocsin.Cli;

/// <summary>`tocsin tail-file PATH...`: sends what files grow by, until Ctrl-C.</summary>
internal static class TailFileVerb
{
    private static readonly Argument<string[]> s_paths = new("path")
    {
        Description = "files, or patterns in quotes: '/var/log/shop/*.log', 'logs/**/*.json'", Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> s_service = new("--service") { Description = "service.name of the records (default for text: the file's name)" };

    private static readonly Option<string> s_format = new("--format")
    {
        Description = "auto, json, clef, logfmt, plain or syslog", DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string?> s_state = new("--state-dir") { Description = "where positions are kept (default: as tocsin run)" };
    private static readonly Option<bool> s_once = new("--once") { Description = "stop when everything is read and acknowledged" };
    private static readonly Option<bool> s_newOnly = new("--new-only") { Description = "skip what files hold already that were never followed" };

    public static Command Create()
    {
        s_format.AcceptOnlyFromAmong("auto", "json", "clef", "logfmt", "plain", "syslog");
        var command = new Command("tail-file", "Follow log files and send what they grow by")
        {
            s_paths, s_service, s_format, s_state, s_once, s_newOnly, ApiClient.Url, ApiClient.Key,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancel)
    {
        string url = parsed.GetValue(ApiClient.Url)!;
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? server) || server.Scheme is not ("http" or "https"))
            return ApiClient.Complain($"--url: an http or https address is expected, found '{url}'", ExitCode.Usage);
        var settings = new TailSettings
        {
            Patterns = parsed.GetValue(s_paths)!, Url = server, Key = parsed.GetValue(ApiClient.Key), Service = parsed.GetValue(s_service),
            Format = Enum.Parse<LineFormat>(parsed.GetValue(s_format)!, ignoreCase: true),
            StateDirectory = Path.Combine(parsed.GetValue(s_state) ?? StateFolder.Default(Environment.GetEnvironmentVariable), "tail"),
            Once = parsed.GetValue(s_once), NewOnly = parsed.GetValue(s_newOnly),
        };
        try
        {
            using var positions = new PositionFile(settings.StateDirectory);
            using var sender = new TailSender(settings, TimeProvider.System, Tell);
            try
            {
                await new FileTailer(settings, positions, sender, TimeProvider.System, Tell).Run(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // Ctrl-C or SIGTERM: the positions are kept.
            }
            await Console.Error.WriteLineAsync($"tocsin: {sender.Stored} records stored, {sender.Rejected} rejected");
            return sender.Rejected == 0 ? ExitCode.Ok : ExitCode.No;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            return ApiClient.Complain(unusable.Message, ExitCode.Usage);
        }
    }

    private static void Tell(string message) => Console.Error.WriteLine($"tocsin: {message}");
}
