namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>What is set around a call and must not change what comes of it.</summary>
/// <param name="Name">What a report calls it.</param>
/// <param name="HasGradients">Whether graphs are made.</param>
/// <param name="Around">Sets it, runs an action, and sets back what was before.</param>
internal sealed record Surroundings(string Name, bool HasGradients, Action<Action> Around)
{
    internal static readonly Surroundings Plain = new("as usual", true, action => action());

    internal static readonly Surroundings[] All =
    [
        new("default device META", true, action => With(get_default_device, set_default_device, META, action)),
        new("default dtype float64", true, action => With(get_default_dtype, set_default_dtype, ScalarType.Float64, action)),
        new("default dtype float16", true, action => With(get_default_dtype, set_default_dtype, ScalarType.Float16, action)),
        new("composed", true, action =>
        {
            using var forced = RegionPrimitive.Force(RegionImplementation.Composed);
            action();
        }),
        new("composed, default device META", true, action =>
        {
            using var forced = RegionPrimitive.Force(RegionImplementation.Composed);
            With(get_default_device, set_default_device, META, action);
        }),
        new("no_grad", false, action =>
        {
            using var none = no_grad();
            action();
        }),
        new("inference_mode", false, action =>
        {
            using var inference = inference_mode(true);
            action();
        }),
    ];

    public override string ToString() => Name;

    private static void With<T>(Func<T> get, Action<T> set, T value, Action action)
    {
        var before = get();
        set(value);
        try
        {
            action();
        }
        finally
        {
            set(before);
        }
    }
}
