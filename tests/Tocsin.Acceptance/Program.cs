using Tocsin.Acceptance.Durability;

return args.FirstOrDefault() switch
{
    "durability" => await DurabilityCommand.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("durability [--cycles N] [--seed N] is expected");
    return 2;
}
