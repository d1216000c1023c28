using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Tocsin.Cli.Run;

/// <summary>The options of tocsin run and their reading.</summary>
internal sealed class RunOptions
{
    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "The program and its arguments, after --.",
    };

    private readonly Option<string?> _service = new("--service")
    {
        Description = "Name of the service. Default: OTEL_SERVICE_NAME, else the program's file name.",
    };
    private readonly Option<string?> _environment = new("--environment")
    {
        Description = "Deployment environment, for example production.",
    };
    private readonly Option<string?> _release = new("--release") { Description = "Version of the program." };
    private readonly Option<Uri?> _url = new("--url")
    {
        Description = "Where the server is. Default: TOCSIN_URL, else http://127.0.0.1:4480.",
    };
    private readonly Option<string?> _key = new("--key") { Description = "Key for the server. Default: TOCSIN_KEY." };
    private readonly Option<string?> _stateDirectory = new("--state-dir")
    {
        Description = "Where runs and undelivered records are kept.",
    };
    private readonly Option<TimeSpan> _hangTimeout = Duration("--hang-timeout", TimeSpan.FromSeconds(10),
        "A living program whose heartbeat is older than this is hung.");
    private readonly Option<TimeSpan?> _stopTimeout = new("--stop-timeout")
    {
        Description = "Send SIGKILL this long after a forwarded SIGTERM. Default: never.",
    };
    private readonly Option<string> _restart = new("--restart")
    {
        Description = "Start again: never, on-failure or always.",
        DefaultValueFactory = _ => "never",
    };
    private readonly Option<int?> _maxRestarts = new("--max-restarts")
    {
        Description = "Give up after so many restarts.",
    };
    private readonly Option<bool> _keep = new("--keep")
    {
        Description = "Keep the folder of each run, with its crash reports and dumps.",
    };

    public Option<bool> FlushSpool { get; } = new("--flush-spool")
    {
        Description = "Deliver what waits in the spool, and do nothing else.",
    };

    public void AddTo(Command command)
    {
        _url.CustomParser = ParseUrl;
        _stopTimeout.CustomParser = result => ParseDuration(result);
        _restart.AcceptOnlyFromAmong("never", "on-failure", "always");
        command.Arguments.Add(_command);
        Option[] all = [_service, _environment, _release, _url, _key, _stateDirectory, _hangTimeout, _stopTimeout,
            _restart, _maxRestarts, _keep, FlushSpool];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(_command) is not { Length: > 0 } && !result.GetValue(FlushSpool))
            {
                result.AddError("A command is expected: tocsin run [options] -- COMMAND [ARGS...]");
            }
        });
    }

    public RunSettings Read(ParseResult result)
    {
        var named = NotEmpty(result.GetValue(_service));
        return new RunSettings
        {
            Command = result.GetValue(_command) ?? [],
            GivenService = named ?? Variable("OTEL_SERVICE_NAME"),
            NameChild = named is not null,
            Environment = NotEmpty(result.GetValue(_environment)) ?? Variable("TOCSIN_ENVIRONMENT"),
            Release = NotEmpty(result.GetValue(_release)) ?? Variable("TOCSIN_RELEASE"),
            Url = result.GetValue(_url) ?? UrlFromEnvironment() ?? new Uri("http://127.0.0.1:4480"),
            Key = NotEmpty(result.GetValue(_key)) ?? Variable("TOCSIN_KEY"),
            StateDirectory = NotEmpty(result.GetValue(_stateDirectory)),
            HangTimeout = result.GetValue(_hangTimeout),
            StopTimeout = result.GetValue(_stopTimeout),
            Restart = result.GetValue(_restart) switch
            {
                "always" => RestartMode.Always,
                "on-failure" => RestartMode.OnFailure,
                _ => RestartMode.Never,
            },
            MaxRestarts = result.GetValue(_maxRestarts),
            Keep = result.GetValue(_keep),
        };
    }

    /// <summary>"10", "10s", "1.5m", "500ms", "1h"; a bare number means seconds.</summary>
    public static TimeSpan? TryParseDuration(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        double? unit = text[digits..] switch { "ms" => 0.001, "" or "s" => 1, "m" => 60, "h" => 3600, _ => null };
        return unit is not null
            && double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var value)
            && value * unit is > 0 and < 1e9 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }

    private static Option<TimeSpan> Duration(string name, TimeSpan value, string description) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result => ParseDuration(result) ?? default,
    };

    private static TimeSpan? ParseDuration(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var duration = TryParseDuration(text);
        if (duration is null)
        {
            result.AddError($"'{text}' is no duration; expected for example 10s, 500ms or 2m");
        }

        return duration;
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var url = HttpUrl(text);
        if (url is null)
        {
            result.AddError($"'{text}' is no address of a server; expected for example http://127.0.0.1:4480");
        }

        return url;
    }

    /// <summary>A wrong address in the environment must not keep the program from running.</summary>
    private static Uri? UrlFromEnvironment()
    {
        if (Variable("TOCSIN_URL") is not { } text)
        {
            return null;
        }

        var url = HttpUrl(text);
        if (url is null)
        {
            Notice.Write($"TOCSIN_URL '{text}' is no address of a server; using http://127.0.0.1:4480");
        }

        return url;
    }

    private static Uri? HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    private static string? Variable(string name) => NotEmpty(Environment.GetEnvironmentVariable(name));

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
