using BitMiracle.LibTiff.Classic;

namespace SegLossBias.Experiments.Data;

/// <summary>Keeps the decoder's own messages off the console.</summary>
internal sealed class TiffSilence : TiffErrorHandler
{
    public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
    {
    }

    public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
    {
    }

    public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
    {
    }

    public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
    {
    }
}
