using TorchSharp;

namespace SegLossBias;

/// <summary>The scalars of one step, alive until it is over.</summary>
internal sealed class StepScalars(params double[] values) : IDisposable
{
    private readonly Scalar[] _scalars = [.. values.Select(value => value.ToScalar())];

    public Scalar this[int index] => _scalars[index];

    public void Dispose()
    {
        foreach (var scalar in _scalars)
        {
            scalar.Dispose();
        }
    }
}
