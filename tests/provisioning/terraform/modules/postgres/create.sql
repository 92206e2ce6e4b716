CREATE ROLE :"username" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"username";
