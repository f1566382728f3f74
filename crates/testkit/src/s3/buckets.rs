//! The operations: those of a store in a folder, made to keep what S3 promises.

use std::{io, path::Path, sync::Arc};

use s3s::{S3, S3Request, S3Response, S3Result, dto::*, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::Mutex;

use super::cors::Rules;

/// Buckets in a folder.
pub(super) struct Buckets {
    folder: FileSystem,
    root: std::path::PathBuf,
    rules: Arc<Rules>,
    without_bulk_delete: bool,
    /// Held while an object is put: the folder looks whether one is there first, and puts it then.
    putting: Mutex<()>,
}

impl Buckets {
    pub(super) fn new(root: &Path, rules: Arc<Rules>, without_bulk_delete: bool) -> io::Result<Self> {
        let folder = FileSystem::new(root).map_err(|error| io::Error::other(format!("{error:?}")))?;
        Ok(Self { folder, root: root.to_owned(), rules, without_bulk_delete, putting: Mutex::new(()) })
    }

    /// A folder of a store in a folder is no object.
    fn check_is_object(&self, bucket: &str, key: &str) -> S3Result<()> {
        match self.root.join(bucket) {
            bucket if !bucket.exists() => Err(s3_error!(NoSuchBucket, "The specified bucket does not exist")),
            bucket if !bucket.join(key).is_file() => Err(s3_error!(NoSuchKey)),
            _ => Ok(()),
        }
    }

    fn check_bucket(&self, bucket: &str) -> S3Result<()> {
        if self.root.join(bucket).exists() {
            Ok(())
        } else {
            Err(s3_error!(NoSuchBucket, "The specified bucket does not exist"))
        }
    }
}

#[async_trait::async_trait]
impl S3 for Buckets {
    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.folder.abort_multipart_upload(request).await
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.folder.delete_object(request).await
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        self.folder.head_bucket(request).await
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.folder.list_objects_v2(request).await
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        self.folder.upload_part(request).await
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        self.check_bucket(&request.input.bucket)?;
        let _putting = self.putting.lock().await;
        self.folder.put_object(request).await
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.check_bucket(&request.input.bucket)?;
        self.folder.create_multipart_upload(request).await
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let _putting = self.putting.lock().await;
        self.folder.complete_multipart_upload(request).await
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = &request.input;
        self.check_is_object(&input.bucket, &input.key)?;
        let (disposition, kind) =
            (input.response_content_disposition.clone(), input.response_content_type.clone());
        let mut response = self.folder.get_object(request).await?;
        let output = &mut response.output;
        output.content_disposition = disposition.or(output.content_disposition.take());
        output.content_type = kind.or(output.content_type.take());
        Ok(response)
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        self.check_is_object(&request.input.bucket, &request.input.key)?;
        self.folder.head_object(request).await
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        if self.without_bulk_delete {
            return Err(s3_error!(NotImplemented, "DeleteObjects is not there"));
        }
        self.folder.delete_objects(request).await
    }

    async fn put_bucket_cors(
        &self,
        request: S3Request<PutBucketCorsInput>,
    ) -> S3Result<S3Response<PutBucketCorsOutput>> {
        let PutBucketCorsInput { bucket, cors_configuration, .. } = request.input;
        self.check_bucket(&bucket)?;
        self.rules.set(&bucket, cors_configuration.cors_rules);
        Ok(S3Response::new(PutBucketCorsOutput::default()))
    }

    async fn get_bucket_cors(
        &self,
        request: S3Request<GetBucketCorsInput>,
    ) -> S3Result<S3Response<GetBucketCorsOutput>> {
        let bucket = request.input.bucket;
        self.check_bucket(&bucket)?;
        let rules = self.rules.get(&bucket);
        let cors_rules = rules.ok_or_else(|| s3_error!(NoSuchCORSConfiguration, "There are no rules"))?;
        Ok(S3Response::new(GetBucketCorsOutput { cors_rules: Some(cors_rules) }))
    }

    async fn delete_bucket_cors(
        &self,
        request: S3Request<DeleteBucketCorsInput>,
    ) -> S3Result<S3Response<DeleteBucketCorsOutput>> {
        self.rules.remove(&request.input.bucket);
        Ok(S3Response::new(DeleteBucketCorsOutput::default()))
    }
}
