using Tocsin.Acceptance.Crashes;
using Tocsin.Acceptance.Deaths;
using Tocsin.Acceptance.Durability;
using Tocsin.Acceptance.Packages;
using Tocsin.Acceptance.Queries;
using Tocsin.Acceptance.Requests;
using Tocsin.Acceptance.Secrets;

return args.FirstOrDefault() switch
{
    "deaths" => await DeathsCommand.Run(args[1..]),
    "crashsoak" => await CrashSoakCommand.Run(args[1..]),
    "durability" => await DurabilityCommand.Run(args[1..]),
    "packages" => await PackagesCommand.Run(args[1..]),
    "queries" => QueriesCommand.Run(args[1..]),
    "request" => await RequestCommand.Run(args[1..]),
    "secrets" => await SecretsCommand.Run(args[1..]),
    "secrets-app" => await SecretsApp.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("deaths [--json] [--only WAY], crashsoak [--runs N] [--at-once N] [--threads N] [--json], "
        + "durability [--cycles N] [--seed N], packages [--no-pack], queries [--cases N] [--minutes M] [--seed S] [--sets N] [--json], request [--json] or secrets [--json] is expected");
    return 2;
}
