//! Asking the server, one connection for each question.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use super::{PACE, PATIENCE, now};
use crate::Done;

const EDGE: &str = "an-edge-that-is-in-no-archive";

/// A program that may do what the administrator may.
pub(super) struct Client {
    pub address: SocketAddr,
    pub token: String,
}

impl Client {
    /// The bytes at an address.
    pub(super) fn get(&self, path: &str) -> Done<Vec<u8>> {
        self.ask("GET", path, "", &[])
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Done<Value> {
        let answer = self.ask("POST", path, "content-type: application/json\r\n", body.to_string().as_bytes())?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Sends an archive; returns the file's id.
    pub(super) fn upload(&self, org: &str, file: &[u8]) -> Done<String> {
        let mut body = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.zip\"\r\n\r\n").into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        let headers = format!("content-type: multipart/form-data; boundary={EDGE}\r\nfeature: bulk-write\r\nx-crm-org: {org}\r\n");
        let answer: Value = serde_json::from_slice(&self.ask("POST", "/crm/v8/upload", &headers, &body)?)?;
        let id = answer.pointer("/details/file_id").and_then(Value::as_str);
        Ok(id.ok_or("no file")?.to_owned())
    }

    /// Asks how a job stands until it has ended well.
    pub(super) async fn wait(&self, path: &str, state: &str) -> Done<Value> {
        let (begun, mut pace) = (now(), tokio::time::interval(PACE));
        while begun.elapsed() < PATIENCE {
            pace.tick().await;
            let job: Value = serde_json::from_slice(&self.get(path)?)?;
            match job.pointer(state).and_then(Value::as_str) {
                Some("COMPLETED") => return Ok(job),
                Some("ADDED" | "IN PROGRESS") => {}
                _ => return Err(format!("the job failed: {job}").into()),
            }
        }
        Err("the job does not end".into())
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Done<Vec<u8>> {
        let mut socket = TcpStream::connect(self.address)?;
        let (token, length) = (&self.token, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Zoho-oauthtoken {token}\r\n\
             connection: close\r\n{headers}content-length: {length}\r\n\r\n"
        );
        socket.write_all(head.as_bytes())?;
        socket.write_all(body)?;
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or("no answer")?;
        let body = answer.split_off(end + 4);
        if answer.starts_with(b"HTTP/1.1 20") {
            return Ok(body);
        }
        Err(format!(
            "{method} {path}: {}{}",
            String::from_utf8_lossy(&answer),
            String::from_utf8_lossy(&body)
        )
        .into())
    }
}
