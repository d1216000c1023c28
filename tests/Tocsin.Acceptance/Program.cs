using Tocsin.Acceptance.Deaths;
using Tocsin.Acceptance.Durability;

return args.FirstOrDefault() switch
{
    "deaths" => await DeathsCommand.Run(args[1..]),
    "durability" => await DurabilityCommand.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("deaths [--json] [--only WAY] or durability [--cycles N] [--seed N] is expected");
    return 2;
}
