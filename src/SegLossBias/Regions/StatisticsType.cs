using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The dtype of the statistics: float64, where the device has it.</summary>
internal static class StatisticsType
{
    internal static ScalarType On(Device device) => device.type == DeviceType.MPS ? ScalarType.Float32 : ScalarType.Float64;
}
