using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Region statistics from one pass over the memory of the CPU, nearly always; two focal sums in one loss take a pass
/// each. Keeps nothing of the size of an image but the inputs.
/// </summary>
internal sealed class FusedRegions : IRegionPrimitive
{
    private readonly Dictionary<(RegionStatistic, bool Background), Tensor> _values = [];

    internal FusedRegions(SegmentationInput input, IEnumerable<RegionStatistic> statistics)
    {
        foreach (var request in RegionRequest.For(statistics))
        {
            var pass = FusedPass.Run(input, request);
            ValidSize ??= pass.ValidSize;
            TargetSize ??= pass.TargetSize;
            Implementation = $"fused, {pass.KernelName}";
            if (pass.Rows.Count > 0)
            {
                var rows = FusedRegionFunction.Apply(pass).unbind(0);
                for (var row = 0; row < rows.Length; row++)
                {
                    _values[pass.Rows[row]] = rows[row];
                }
            }
        }
    }

    public string Implementation { get; } = "";

    public Tensor ValidSize { get; } = null!;

    public Tensor TargetSize { get; } = null!;

    internal static bool Supports(SegmentationInput input) =>
        input.Logits.device_type == DeviceType.CPU && input.Logits.numel() > 0;

    public Tensor Compute(RegionStatistic statistic, bool background) => _values[(statistic, background)];
}
