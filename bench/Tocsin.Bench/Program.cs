using Tocsin.Bench;

return args.FirstOrDefault() switch
{
    "smoke" => await Smoke.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("smoke [--json] [--records N] [--idle SECONDS] is expected");
    return 2;
}
