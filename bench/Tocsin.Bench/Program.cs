using Tocsin.Bench;

return args.FirstOrDefault() switch
{
    "smoke" => await Smoke.Run(args[1..]),
    "aspnet" => await Tocsin.Bench.Sdk.AspNet.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("smoke [--json] [--records N] [--idle SECONDS], or aspnet [--json] [--seconds N], is expected");
    return 2;
}
